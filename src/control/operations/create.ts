import { asHoldfastError } from '../../core/errors/holdfast-error.ts';
import type { Progress } from '../../core/ports/progress.ts';
import type { WorkloadLoop } from '../workload-loop.ts';
import { untilReady } from './ready.ts';
import { remove } from './remove.ts';
import { trial } from './start.ts';
import type { Operation } from './waiting.ts';

/** Brings a new workload up. One attempt: a failure removes everything that was made, unless somebody else took over meanwhile. */
export async function create(loop: WorkloadLoop, progress: Progress): Promise<void> {
  const operation = loop.operations.begin('up');
  try {
    await loop.records.saveSpec(loop.spec);
    // A stop that came meanwhile leaves a workload that can be started: it is served all the same.
    if (loop.removing) operation.check();
    await loop.open();
    operation.check();
    loop.record({
      type: 'workload.created',
      workload: loop.spec.name,
      message: `created from ${loop.spec.source}`,
      data: { id: loop.spec.id },
    });
    loop.main.post({ kind: 'unparked' });
    if (loop.isolated) await trial(loop, operation, progress);
    else await untilReady(loop, operation, progress);
  } catch (error) {
    if (!wasOvertaken(operation)) await cleanUp(loop);
    throw asHoldfastError(error);
  }
}

function wasOvertaken(operation: Operation): boolean {
  try {
    operation.check();
    return false;
  } catch {
    // What it throws is what the caller has in hand already.
    return true;
  }
}

async function cleanUp(loop: WorkloadLoop): Promise<void> {
  try {
    loop.neverReady = true;
    await remove(loop, () => undefined, null);
  } catch (error) {
    // The caller is told why the start failed; that something was left behind is for whoever keeps the machine.
    loop.log.error('what a failed start left behind cannot be removed', { error: asHoldfastError(error).message });
  }
}
