import type { Run } from '../run-seed.ts';

/** What an engine says after it came back may be lost, and is found by the next look at everything, ms. */
const FOUND_OUT_MS = 40_000;

/** Workloads that rest although they are to run: somebody must have given them a reason. */
export function checkRests(run: Run): void {
  if (run.machine.engines.size === 0 || !run.daemon) return;
  const now = run.time.monotonic();
  for (const { spec, status } of run.daemon.control.list()) {
    if (spec.runtime !== 'docker' && spec.runtime !== 'podman') continue;
    const engine = run.machine.engines.get(spec.runtime);
    const intent = run.intents.of(spec.id);
    if (!engine?.up || !intent || status.lifecycle !== 'stopped' || spec.desired !== 'running') continue;
    const isCalm = now - engine.backAt > FOUND_OUT_MS && now - run.daemonSince > FOUND_OUT_MS;
    if (isCalm) run.containers.checkRest(intent, status.reason?.code ?? null, engine.find(spec.id, null));
  }
}
