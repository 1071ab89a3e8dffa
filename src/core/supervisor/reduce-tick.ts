import { afterStable, calmFrom } from './backoff.ts';
import type { Context } from './event.ts';
import type { UnitState } from './unit.ts';

/** Time went by: a run may have proved stable, a crash loop may be over. Starts that are due are `plan`'s business. */
export function reduceTick(state: UnitState, context: Context): UnitState {
  if (state.confirmAt !== null && context.monotonic >= state.confirmAt) return { ...state, confirmAt: null };
  if (state.phase !== 'ready' || state.readySince === null) return state;
  const policy = context.spec.restart;
  if (context.monotonic - state.readySince < policy.stableMs) return state;
  const stable = state.ladder.attempts === 0 ? state : { ...state, ladder: afterStable(policy, state.ladder, context.now) };
  if (stable.reason?.code !== 'crash-looping') return stable;
  const calm = calmFrom(policy, stable.ladder, stable.lastExit?.endedAt ?? 0, context.now) <= context.now;
  return calm ? { ...stable, reason: null, ladder: afterStable(policy, stable.ladder, context.now) } : stable;
}
