import type { WorkloadSpec } from '../workload/spec.ts';
import type { Action } from './action.ts';
import { calmFrom } from './backoff.ts';
import { servingOf } from './serving.ts';
import { mayLive, mustEnd, type UnitState } from './unit.ts';

/** The two clocks, ms, and the number that the next generation gets (unique within the workload). */
export interface PlanInput {
  readonly now: number;
  readonly monotonic: number;
  readonly nextGeneration: number;
}

/**
 * What has to be done about a unit now, in this order. Of starting, stopping, adopting and forgetting there is at most one, and
 * nothing while one of them is under way. Planning twice without beginning the actions gives the same plan.
 */
export function plan(spec: WorkloadSpec, state: UnitState, input: PlanInput): Action[] {
  const actions: Action[] = [];
  if (state.undropped) actions.push({ kind: 'drop', exit: state.undropped, nextStartAt: state.ladder.nextStartAt });
  const { serving, key } = servingOf(spec.name, state);
  if (
    state.phase !== 'forgetting' &&
    state.phase !== 'forgotten' &&
    (key !== state.served || state.undropped !== null) &&
    serving.kind !== 'ready'
  ) {
    actions.push({ kind: 'serve', serving, key });
  }
  const step = mayLive(state) ? stepOfLiving(spec, state, input) : stepOfIdle(state, input);
  if (step) actions.push(step);
  return actions;
}

function stepOfLiving(spec: WorkloadSpec, state: UnitState, input: PlanInput): Action | null {
  const { generation } = state;
  const end = mustEnd(state);
  switch (state.phase) {
    case 'starting':
      return end ? { kind: 'cancel', generation } : null;
    case 'started':
    case 'handshaking':
    case 'ready':
      if (end)
        return { kind: 'stop', generation, why: end, graceMs: end === 'stop' ? (state.graceMs ?? spec.stopTimeoutMs) : spec.stopTimeoutMs };
      if (state.phase === 'started') return { kind: 'handshake', generation, adopted: state.adopted };
      return state.phase === 'ready' ? waitForCalm(spec, state, input) : null;
    default:
      return null;
  }
}

/** A run that has still to prove itself is looked at again when it may have. */
function waitForCalm(spec: WorkloadSpec, state: UnitState, input: PlanInput): Action | null {
  if (state.readySince === null) return null;
  const looping = state.reason?.code === 'crash-looping';
  if (state.ladder.attempts === 0 && !looping) return null;
  const stableAt = state.readySince + spec.restart.stableMs;
  if (stableAt > input.monotonic || !looping) return { kind: 'wait', until: stableAt };
  const calm = calmFrom(spec.restart, state.ladder, state.lastExit?.endedAt ?? 0, input.now) - input.now;
  return { kind: 'wait', until: input.monotonic + Math.min(Math.max(calm, 0), spec.restart.immediate.windowMs + 1) };
}

function stepOfIdle(state: UnitState, input: PlanInput): Action | null {
  if (state.phase !== 'idle') return null;
  if (state.want !== 'running') {
    if (state.dueAt !== null && state.dueAt > input.monotonic) return { kind: 'wait', until: state.dueAt };
    if (!state.swept) return { kind: 'sweep' };
    return state.want === 'gone' ? { kind: 'forget' } : null;
  }
  // A start sweeps first anyway; where none comes soon, nothing of earlier generations is left alive meanwhile.
  if (!state.swept && !state.adoptable && (state.parked || state.verdict)) {
    // Where one failed, the next is not tried at once.
    if (state.verdict && state.dueAt !== null && state.dueAt > input.monotonic) return { kind: 'wait', until: state.dueAt };
    return { kind: 'sweep' };
  }
  if (state.verdict) return state.confirmAt === null ? null : { kind: 'wait', until: state.confirmAt };
  if (state.dueAt !== null && state.dueAt > input.monotonic) return { kind: 'wait', until: state.dueAt };
  if (state.adoptable) return { kind: 'adopt', generation: state.adoptable.generation, incarnation: state.adoptable.incarnation };
  if (state.parked) return null;
  return { kind: 'start', generation: input.nextGeneration };
}
