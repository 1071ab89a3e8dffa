import { asHoldfastError } from '../../core/errors/holdfast-error.ts';
import type { ExitRecord } from '../../core/workload/exit.ts';
import type { BackendRecord } from '../../core/workload/status.ts';
import type { UnitEffects } from '../unit-effects.ts';
import { takeBackend } from './take-backend.ts';

/** Takes over exactly the incarnation that an earlier daemon recorded, and kills whatever else carries the workload's marker. */
export async function adopt(unit: UnitEffects, generation: number): Promise<void> {
  const { host } = unit;
  const record = unit.state.adoptable;
  if (!record) return;
  host.living.add(generation);
  try {
    const backend = await host.runtime.adopt(host.spec, record.incarnation, generation);
    const exit = backend ? null : await exitMeanwhile(unit, record);
    if (!backend) host.living.delete(generation);
    await host.runtime.sweep(host.spec, host.living);
    if (backend) takeBackend(unit, backend, record, 'adopted');
    else unit.post({ kind: 'not-adopted', generation, exit });
  } catch (thrown) {
    host.living.delete(generation);
    const error = asHoldfastError(thrown);
    if (error.code === 'HF_REMOVED_OUTSIDE') {
      // What somebody removes of a session is made anew, like after any exit.
      return unit.post(unit.unit === null ? { kind: 'removed' } : { kind: 'not-adopted', generation, exit: null });
    }
    host.log.warn('what the last daemon left running cannot be looked at', { generation, error: error.message });
    unit.post(
      error.code === 'HF_RUNTIME_UNAVAILABLE'
        ? { kind: 'adopt-deferred', generation, error }
        : { kind: 'not-adopted', generation, exit: null },
    );
  }
}

/** How it ended while no daemon ran, for `ls` and for the errors of what was in flight. */
async function exitMeanwhile({ host }: UnitEffects, record: BackendRecord): Promise<ExitRecord | null> {
  const { generation, startedAt, readyAt } = record;
  const observed = await host.runtime.recordedExit?.(host.spec.name, generation);
  return observed ? { ...observed, generation, startedAt, readyAt, endedAt: host.clock.now(), lastLines: [] } : null;
}
