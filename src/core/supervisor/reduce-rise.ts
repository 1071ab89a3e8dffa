import type { Condition } from '../ports/runtime.ts';
import { waitForRuntime } from './decide.ts';
import type { Context, UnitEvent } from './event.ts';
import { forgiveRestart } from './outside.ts';
import { mayLive, type UnitState } from './unit.ts';

type Rise = Extract<UnitEvent, { kind: 'started' | 'adopted' | 'not-adopted' | 'adopt-deferred' | 'ready' | 'health' | 'condition' }>;

/** A backend comes up: ordered, alive, ready. */
export function reduceRise(state: UnitState, event: Rise, context: Context): UnitState {
  switch (event.kind) {
    case 'started':
      if (event.backend.generation !== state.generation || (state.phase !== 'starting' && state.phase !== 'cancelling')) return state;
      return startedBy(state, event);
    case 'adopted':
      if (state.phase !== 'adopting' || event.backend.generation !== state.generation) return state;
      return { ...state, phase: 'started', backend: event.backend, adopted: true, adoptable: null, parked: false, away: null };
    case 'not-adopted':
      if (state.phase !== 'adopting' || event.generation !== state.generation) return state;
      return {
        ...state,
        phase: 'idle',
        adoptable: null,
        away: null,
        swept: false,
        lastExit: event.exit ?? state.lastExit,
        restarting: state.want === 'running' ? 'order' : null,
      };
    case 'adopt-deferred':
      if (state.phase !== 'adopting' || event.generation !== state.generation) return state;
      return state.want === 'running' ? waitForRuntime({ ...state, phase: 'idle' }, event.error, context) : { ...state, phase: 'idle' };
    case 'condition':
      if (!mayLive(state) || event.generation !== state.generation) return state;
      return isSame(event.condition, state.condition) ? state : { ...state, condition: event.condition };
    case 'ready':
      if (state.phase !== 'handshaking' || event.generation !== state.generation || !state.backend) return state;
      return becomeReady(state, { ...state.backend, handshake: event.handshake }, context);
    case 'health':
      if (state.phase !== 'ready' || event.generation !== state.generation || state.ending) return state;
      return { ...state, health: event.health, reason: degradedReason(state, event.health, event.why) };
  }
}

/** Why it is unreachable may change: its engine is away, and then another one answers. */
function isSame(one: Condition, other: Condition): boolean {
  return one.kind === other.kind && (one.kind !== 'unreachable' || other.kind !== 'unreachable' || one.why === other.why);
}

function startedBy(state: UnitState, { backend, byOther }: Extract<UnitEvent, { kind: 'started' }>): UnitState {
  const started: UnitState = { ...state, phase: 'started', backend, away: null };
  return byOther ? forgiveRestart(started, backend) : started;
}

function becomeReady(state: UnitState, backend: NonNullable<UnitState['backend']>, context: Context): UnitState {
  // An adopted backend goes on with the run that the earlier daemon saw begin.
  const ranBefore = state.adopted && backend.readyAt !== null ? Math.max(0, context.now - backend.readyAt) : 0;
  return {
    ...state,
    phase: 'ready',
    backend: { ...backend, readyAt: state.adopted ? (backend.readyAt ?? context.now) : context.now },
    readySince: context.monotonic - ranBefore,
    everReady: true,
    health: 'healthy',
    failure: null,
    spent: null,
    restarting: null,
    reason: state.reason?.code === 'crash-looping' ? state.reason : null,
    served: 'ready',
  };
}

function degradedReason(state: UnitState, health: 'healthy' | 'degraded', why: string | null): UnitState['reason'] {
  if (health === 'degraded')
    return state.reason?.code === 'crash-looping' ? state.reason : { code: 'degraded', message: why ?? 'a probe failed' };
  return state.reason?.code === 'degraded' ? null : state.reason;
}
