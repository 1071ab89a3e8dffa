import { killed } from '../machine/process.ts';
import type { Run } from '../run-seed.ts';
import { isOpen } from './asked.ts';
import { checkEntries } from './entries.ts';
import type { Intent } from './intents.ts';
import { describe } from './ledger.ts';
import { checkRests } from './rests.ts';
import { sizesOf } from './sizes.ts';

/** No workload takes longer to come back once nothing goes wrong any more: the longest step of the ladder, a boot, a timeout, ms. */
const RECOVERY_MS = 240_000;

/** Faults are over. Everything that is wanted must come back by itself, or at one `start` where it was given up. */
export async function recover(run: Run): Promise<void> {
  run.trace.note('world', 'no more faults');
  run.faulty = false;
  run.disk.fullUntil = 0;
  run.daemon?.lifeline.light(null);
  for (const client of run.clients) client.rest();
  if (!(await run.passUntil(120_000, () => run.daemon !== null))) return broken(run, 'no-daemon', 'no daemon comes up');
  run.daemon?.awayUntil(0);
  for (const engine of run.machine.engines.values()) engine.comeBack(true);
  for (const process of run.machine.alive()) {
    // What would only be given up after a timeout is ended at once.
    if (process.frozenUntil === Number.POSITIVE_INFINITY || process.server.of.handshake !== 'right') process.die(killed);
  }
  if (!(await run.passUntil(310_000, () => run.user.open.size === 0))) return;
  // Where news of an engine or of an end were lost, the periodic look finds out: what ended before may rest rightly, and nobody knows yet.
  const isNewsLost = run.machine.engines.size > 0 || run.plan.faults.lostExit > 0;
  await run.pass(isNewsLost ? 36_000 : 6_000);
  for (const intent of run.intents.all()) await restore(run, intent);
}

async function restore(run: Run, intent: Intent): Promise<void> {
  if (run.violation || run.intents.current(intent.name) !== intent) return;
  const view = (): ReturnType<NonNullable<Run['daemon']>['control']['find']> => {
    const found = run.daemon?.control.find(intent.name) ?? null;
    return found?.spec.id === intent.id ? found : null;
  };
  if (intent.removed) {
    for (let count = 0; count < 3 && view() && run.violation === null; count += 1) {
      run.user.removeAgain(intent);
      await run.passUntil(RECOVERY_MS, () => run.user.open.size === 0);
    }
    if (view()) broken(run, 'not-removed', `${intent.id} is still there after three more removals`);
    return;
  }
  if (!view()) return broken(run, 'lost-workload', `${intent.id} should be ${intent.desired}, and the daemon does not know it`);
  if (intent.desired === 'stopped') {
    if (!(await run.passUntil(RECOVERY_MS, () => view()?.status.lifecycle === 'stopped')))
      broken(run, 'not-stopped', `${intent.id} is ${String(view()?.status.lifecycle)}`);
    return;
  }
  const settled = (): boolean => ['running', 'failed', 'stopped'].includes(view()?.status.lifecycle ?? '');
  await run.passUntil(RECOVERY_MS, settled);
  checkRests(run);
  // Units of single sessions may have been given up although the workload as a whole was not.
  const isIsolated = view()?.spec.sessions === 'isolated';
  if (view()?.status.lifecycle !== 'running' || isIsolated) {
    run.user.give('start', intent);
    await run.passUntil(RECOVERY_MS, () => view()?.status.lifecycle === 'running' && run.user.open.size === 0);
  }
  if (view()?.status.lifecycle !== 'running')
    broken(run, 'not-recovered', `${intent.id} is ${String(view()?.status.lifecycle)}: ${JSON.stringify(view()?.status.reason)}`);
}

/** Nothing goes wrong and nobody asks for anything: what must be true then. */
export async function checkAtRest(run: Run): Promise<void> {
  const patience = Math.max(...run.plan.workloads.map((workload) => workload.spec.requestTimeoutMs));
  await run.passUntil(2 * patience + 60_000, () => ![...run.ledger.pending].some((asked) => isOpen(asked)));
  for (const asked of run.ledger.pending) if (isOpen(asked)) broken(run, 'unanswered', `${describe(asked)} was never answered`);
  if (run.violation) return;
  // What hangs wakes up some day; nothing is promised for requests meanwhile but that they end.
  const now = run.time.monotonic();
  await run.pass(
    Math.max(
      1_000,
      ...run.machine
        .alive()
        .map((process) => process.frozenUntil - now)
        .filter((ms) => Number.isFinite(ms)),
    ),
  );
  for (const client of run.clients) client.verify();
  if (!(await run.passUntil(60_000, () => run.clients.every((client) => client.verified)))) {
    const late = run.clients.filter((client) => !client.verified).map((client) => client.name);
    return broken(run, 'not-served', `${late.join()} cannot work although nothing is wrong`);
  }
  checkProcesses(run);
  for (const client of run.clients) client.leave();
  // A request that its client cancelled is known until the server answers it, or the request timeout.
  // A finished answer is kept for five minutes, and looked at each minute.
  await run.pass(patience + 400_000);
  checkSizes(run);
  checkEntries(run);
}

/** What lives is wanted, and once. */
function checkProcesses(run: Run): void {
  for (const process of run.machine.alive()) {
    const { workloadId, generation } = process.purpose;
    const intent = run.intents.of(workloadId);
    if (intent?.desired !== 'running')
      broken(run, 'orphan', `process ${process.pid} of ${workloadId} lives, which is ${String(intent?.desired)}`);
    const status = run.daemon?.control.find(intent?.name ?? '')?.status;
    const isShared = process.purpose.plan.spec.sessions === 'shared';
    if (isShared && status?.backend?.generation !== generation)
      broken(
        run,
        'orphan',
        `process ${process.pid} is generation ${generation}, and the daemon takes ${String(status?.backend?.generation)} for the living one`,
      );
  }
}

/** Tables that only grow while something is under way are empty now. */
function checkSizes(run: Run): void {
  const { daemon } = run;
  if (!daemon) return;
  if (daemon.gateway.budget.used !== 0) broken(run, 'leak', `the hold budget is ${daemon.gateway.budget.used} at rest`);
  for (const [name, { relay }] of daemon.gateway.served) {
    const own = [...relay.sessions.values()].flatMap((session) =>
      session.primed.filter(({ stream }) => stream.startsWith(`e${run.daemons}.`)),
    );
    if (own.length > 0) broken(run, 'leak', `${name}: ${own.length} streams are in the journal as unfinished at rest`);
    for (const [path, size] of sizesOf(relay)) broken(run, 'leak', `${name}: ${path} holds ${size} at rest`);
  }
  if (daemon.network.running.size > run.clients.length)
    broken(run, 'leak', `${daemon.network.running.size} calls to backends are open at rest`);
}

function broken(run: Run, rule: string, detail: string): void {
  if (run.violation === null) run.fail(rule, detail);
}
