import { HoldfastError } from '../../../core/errors/holdfast-error.ts';
import { isEngineError } from '../client/engine-error.ts';
import { engineFailureOf } from './container-errors.ts';
import { pauseReal } from './pause-real.ts';
import { removeContainer } from './remove-container.ts';
import type { EndableRun } from './run-parts.ts';
import { StdioLink } from './stdio-link.ts';

/** Of the time that a stop has, a stdio server gets this much to go by itself when its stdin ends, ms. */
const INPUT_END_MS = 2_000;
/** A server that was killed is known to be dead after this, ms. */
const DEATH_MS = 2_000;

/**
 * Ends a run: end of stdin where the engine passes that on, its stop signal, SIGKILL after `graceMs`. Idempotent.
 * Docker passes the end of an attachment on only to containers that are made for a single one, and these cannot be attached again.
 * @throws HF_RUNTIME_UNAVAILABLE: it is to be tried again
 */
export async function stopRun(run: EndableRun, graceMs: number): Promise<void> {
  if (run.over) return;
  const { site, known, link } = run.parts;
  run.ownStop = true;
  const { containers } = site.client;
  const id = known.containerId;
  const elsewhere = await site.facts.elsewhere(known);
  if (elsewhere !== null)
    throw new HoldfastError('HF_RUNTIME_UNAVAILABLE', { what: `The engine of ${known.workload} is away`, why: elsewhere });
  try {
    if (run.paused) await containers.unpause(id);
    let left = graceMs;
    if (link instanceof StdioLink && site.kind === 'podman' && graceMs > 0) {
      const began = site.clock.monotonic();
      link.endInput();
      await Promise.race([run.exited, pauseReal(Math.min(INPUT_END_MS, graceMs / 3))]);
      left = Math.max(0, graceMs - (site.clock.monotonic() - began));
    }
    if (!run.over) {
      // A later call with less patience kills what an earlier one waits for.
      if (left === 0) await containers.kill(id, 'SIGKILL');
      else await Promise.race([stopAt(run, left), run.exited]);
    }
  } catch (error) {
    if (!isEngineError(error, 'gone', 'removing')) throw engineFailureOf(error, known.workload);
  }
  void run.examine();
  await Promise.race([run.exited, pauseReal(DEATH_MS)]);
  if (known.unit === null || !run.over) return;
  // The session is over, or its container is to be replaced: nothing of it is used again.
  await removeContainer(site, known.containerId).catch((error: unknown) => {
    site.log.debug('the container of a session is left to a later sweep', { workload: known.workload, error: String(error) });
  });
}

/** Whether its end is seen before the engine answers or after it: until then nothing is started in its place. */
async function stopAt({ parts: { site, known } }: EndableRun, graceMs: number): Promise<void> {
  const call = site.client.containers.stop(known.containerId, graceMs);
  const answered = call.then(
    () => undefined,
    () => undefined, // Whoever stops it is told.
  );
  known.stopping = answered;
  void answered.then(() => {
    if (known.stopping === answered) known.stopping = null;
  });
  await call;
}
