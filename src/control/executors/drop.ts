import type { Action } from '../../core/supervisor/action.ts';
import type { UnitEffects } from '../unit-effects.ts';

type Drop = Extract<Action, { kind: 'drop' }>;

/** Tells the gateway that a generation is gone, with as many log lines as its errors may carry. */
export function drop(unit: UnitEffects, order: Drop): void {
  const { gateway, spec } = unit.host;
  const lastLines = spec.errorLogLines === 0 ? [] : order.exit.lastLines.slice(-spec.errorLogLines);
  gateway.drop(spec.name, unit.unit, order.exit.generation, { exit: { ...order.exit, lastLines }, nextStartAt: order.nextStartAt });
}
