import { asHoldfastError } from '../../core/errors/holdfast-error.ts';
import type { UnitEffects } from '../unit-effects.ts';

/** Kills what is left of the unit's generations; those of other units live on. */
export async function sweep(unit: UnitEffects): Promise<void> {
  const { host } = unit;
  try {
    const found = await host.runtime.sweep(host.spec, host.living);
    if (found > 0) host.log.info('processes of ended generations were killed', { found });
    unit.post({ kind: 'swept' });
  } catch (thrown) {
    const error = asHoldfastError(thrown);
    host.log.warn('looking for processes of ended generations failed', { error: error.message });
    unit.post({ kind: 'sweep-failed', error });
  }
}
