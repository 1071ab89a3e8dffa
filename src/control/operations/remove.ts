import type { Progress } from '../../core/ports/progress.ts';
import type { WorkloadLoop } from '../workload-loop.ts';
import { phaseReporter } from './ready.ts';
import { saveDesired } from './save-desired.ts';

/** Stops, then forgets everything. Nothing resurrects it, whenever this began; a failure can be tried again. */
export async function remove(loop: WorkloadLoop, progress: Progress, graceMs: number | null): Promise<void> {
  const operation = loop.operations.begin('gone');
  loop.removing = true;
  // Should the daemon die in between, the next one must not start it again. That this cannot be written is no reason to keep it.
  void saveDesired(loop, 'stopped');
  loop.sessions.releaseAll(graceMs);
  loop.main.post({ kind: 'stop-asked', graceMs });
  await operation.until(() => {
    const stuck = loop.sessions.states().find((unit) => unit.stuck !== null)?.stuck;
    if (stuck) throw stuck;
    return loop.sessions.idle ? true : undefined;
  });
  loop.main.post({ kind: 'remove-asked', graceMs });
  const report = phaseReporter(progress);
  await operation.until(() => {
    const { state } = loop.main;
    report(state);
    if (state.stuck) throw state.stuck;
    return state.phase === 'forgotten' ? true : undefined;
  });
}
