import type { Progress } from '../../core/ports/progress.ts';
import type { UnitLoop } from '../unit-loop.ts';
import type { WorkloadLoop } from '../workload-loop.ts';
import { untilIdle, untilReady } from './ready.ts';
import { saveDesired } from './save-desired.ts';
import type { Operation } from './waiting.ts';

/** Desired = running, ladder reset; resolves when ready. */
export async function start(loop: WorkloadLoop, progress: Progress): Promise<void> {
  const operation = loop.operations.begin('up');
  const saved = saveDesired(loop, 'running');
  await rise(loop, operation, progress, false);
  throwIfAny(await saved);
}

/** Stop and start; requests wait meanwhile. */
export async function restart(loop: WorkloadLoop, progress: Progress): Promise<void> {
  const operation = loop.operations.begin('up');
  const saved = saveDesired(loop, 'running');
  await rise(loop, operation, progress, true);
  throwIfAny(await saved);
}

/** @param renew whether what runs is replaced */
export async function rise(loop: WorkloadLoop, operation: Operation, progress: Progress, renew: boolean): Promise<void> {
  if (!loop.isolated) {
    // Left over from a time when the sessions were isolated.
    loop.sessions.releaseAll(null);
    loop.main.post({ kind: renew ? 'renew-asked' : 'start-asked' });
    await untilReady(loop, operation, progress);
    return;
  }
  if (renew) loop.sessions.renewAll();
  else loop.sessions.retryFailed();
  if (loop.main.state.verdict) {
    loop.main.post({ kind: 'start-asked' });
    await trial(loop, operation, progress);
    return;
  }
  // Left over from a time when the backend was shared; a trial run that is under way ends by itself.
  if (loop.main.state.phase === 'ready') loop.main.post({ kind: 'stop-asked', graceMs: null });
  loop.sessions.serveWorkload();
  loop.refresh();
}

/** Under isolated sessions no backend runs before a client comes: one is started, handshaked, and stopped again. */
export async function trial(loop: WorkloadLoop, operation: Operation, progress: Progress): Promise<void> {
  await untilReady(loop, operation, progress);
  loop.main.post({ kind: 'stop-asked', graceMs: null });
  await operation.until(() => {
    const { state } = loop.main;
    if (state.stuck) throw state.stuck;
    return state.phase === 'idle' && state.swept ? true : undefined;
  });
}

/** Desired = stopped; resolves when nothing of it runs. */
export async function stop(loop: WorkloadLoop, progress: Progress, graceMs: number | null): Promise<void> {
  const operation = loop.operations.begin('down');
  const saved = saveDesired(loop, 'stopped');
  if (graceMs !== null) for (const unit of [loop.main, ...loop.sessions.loops()]) hurry(unit, graceMs);
  loop.sessions.releaseAll(graceMs);
  loop.main.post({ kind: 'stop-asked', graceMs });
  await untilIdle(loop, operation, progress);
  throwIfAny(await saved);
}

/** A stop that is under way gets no more time than the newest order grants: to a runtime a second stop means that it has less patience. */
function hurry({ state, backend }: UnitLoop, graceMs: number): void {
  if (state.phase !== 'stopping') return;
  // What fails now fails for the first stop as well, which tells it and tries again.
  backend?.stop(graceMs).catch(() => {});
}

function throwIfAny(error: Error | null): void {
  if (error) throw error;
}
