import type { Progress } from '../../core/ports/progress.ts';
import type { WorkloadLoop } from '../workload-loop.ts';
import { phaseReporter } from './ready.ts';
import { saveDesired } from './save-desired.ts';

/** Stops, then forgets everything. Nothing resurrects it, whenever this began; what fails is told, and tried again. */
export async function remove(loop: WorkloadLoop, progress: Progress, graceMs: number | null): Promise<void> {
  const operation = loop.operations.begin('gone');
  // Should the daemon die in between, the next one must not start it again. That this cannot be written is no reason to keep it.
  void saveDesired(loop, 'stopped');
  loop.beginRemoval(graceMs);
  const report = phaseReporter(progress);
  await operation.until(() => {
    report(loop.main.state);
    if (loop.stuck) throw loop.stuck;
    return loop.main.state.phase === 'forgotten' ? true : undefined;
  });
}
