import { asHoldfastError } from '../../core/errors/holdfast-error.ts';
import type { UnitEffects } from '../unit-effects.ts';

/** Removes everything that is kept for the workload; nothing of it lives any more. */
export async function forget(unit: UnitEffects): Promise<void> {
  try {
    await unit.host.forget();
    unit.post({ kind: 'forgotten' });
  } catch (error) {
    unit.post({ kind: 'forget-failed', error: asHoldfastError(error) });
  }
}
