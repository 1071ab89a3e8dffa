import { asHoldfastError, HoldfastError } from '../../core/errors/holdfast-error.ts';
import type { Progress } from '../../core/ports/progress.ts';
import type { WorkloadSpec } from '../../core/workload/spec.ts';
import type { WorkloadLoop } from '../workload-loop.ts';
import { rise } from './start.ts';

/** Replaces the spec; what is desired stays. Nothing has changed when it cannot be written. */
export async function update(loop: WorkloadLoop, spec: WorkloadSpec, restart: boolean, progress: Progress): Promise<void> {
  const before = loop.spec;
  if (spec.id !== before.id || spec.name !== before.name) {
    throw new HoldfastError('HF_CANCELLED', { what: `${before.name} was replaced while it was being updated` });
  }
  const operation = loop.operations.begin(before.desired === 'running' ? 'up' : 'down');
  loop.replaceSpec({ ...spec, desired: before.desired });
  try {
    await loop.records.saveSpec(loop.spec);
  } catch (error) {
    // A stop that came meanwhile counts.
    loop.replaceSpec({ ...before, desired: loop.spec.desired });
    loop.records.retract(loop.spec);
    throw asHoldfastError(error);
  }
  loop.gateway.update(loop.spec);
  loop.record({ type: 'workload.updated', workload: spec.name, message: 'the spec was changed', data: { restart } });
  if (!restart || loop.spec.desired !== 'running') return;
  operation.check();
  await rise(loop, operation, progress, true);
}
