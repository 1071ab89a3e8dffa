import type { UnitEffects } from '../unit-effects.ts';

/** Calls a start off. Its outcome comes all the same: either nothing was left behind, or a backend that is then stopped. */
export function cancel(unit: UnitEffects): void {
  unit.starting?.abort();
}
