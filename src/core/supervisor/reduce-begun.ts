import type { Action } from './action.ts';
import type { UnitState } from './unit.ts';

/** An action is under way: `plan` will not ask for it again. */
export function reduceBegun(state: UnitState, action: Action): UnitState {
  switch (action.kind) {
    case 'adopt':
      return { ...state, phase: 'adopting', generation: action.generation, stoppedBefore: false };
    case 'start':
      return {
        ...state,
        phase: 'starting',
        generation: action.generation,
        dueAt: null,
        ladder: { ...state.ladder, nextStartAt: null },
        restarts: state.restarts + (state.restarting === 'crash' ? 1 : 0),
        swept: false,
        stoppedBefore: false,
        ending: null,
        adopted: false,
      };
    case 'cancel':
      return { ...state, phase: 'cancelling' };
    case 'handshake':
      return { ...state, phase: 'handshaking' };
    case 'stop':
      return { ...state, phase: 'stopping', ending: { why: action.why, error: state.ending?.error ?? null }, stuck: null };
    case 'sweep':
      return { ...state, phase: 'sweeping', stuck: null, dueAt: state.want === 'running' ? state.dueAt : null };
    case 'forget':
      return { ...state, phase: 'forgetting', stuck: null, dueAt: null };
    // The gateway may have changed what it does of its own accord: it is told again.
    case 'drop':
      return { ...state, undropped: null, served: null };
    case 'serve':
      return { ...state, served: action.key };
    case 'wait':
      return state;
  }
}
