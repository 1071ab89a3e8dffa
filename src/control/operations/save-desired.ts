import { asHoldfastError, type HoldfastError } from '../../core/errors/holdfast-error.ts';
import type { WorkloadSpec } from '../../core/workload/spec.ts';
import type { WorkloadLoop } from '../workload-loop.ts';

/**
 * What is desired takes effect at once, whatever the disk says. Resolves with the error of writing it down, null when it is on disk;
 * the writing is tried again in the background.
 */
export async function saveDesired(loop: WorkloadLoop, desired: WorkloadSpec['desired']): Promise<HoldfastError | null> {
  if (loop.spec.desired === desired) return null;
  loop.replaceSpec({ ...loop.spec, desired });
  try {
    await loop.records.saveSpec(loop.spec);
    return null;
  } catch (error) {
    return asHoldfastError(error);
  }
}
