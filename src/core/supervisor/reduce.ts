import type { Context, UnitEvent } from './event.ts';
import { appeared, engineBack, engineLost, removed } from './outside.ts';
import { reduceBegun } from './reduce-begun.ts';
import { reduceEnd } from './reduce-end.ts';
import { reduceOrder } from './reduce-order.ts';
import { reduceRise } from './reduce-rise.ts';
import { reduceTick } from './reduce-tick.ts';
import type { UnitState } from './unit.ts';

/** The next state of a unit. Pure; an event that does not concern the present generation changes nothing (the same object comes back). */
export function reduce(state: UnitState, event: UnitEvent, context: Context): UnitState {
  if (state.phase === 'forgotten') return state;
  switch (event.kind) {
    case 'start-asked':
    case 'stop-asked':
    case 'remove-asked':
    case 'renew-asked':
    case 'unparked':
      return reduceOrder(state, event);
    case 'begun':
      return reduceBegun(state, event.action);
    case 'started':
    case 'adopted':
    case 'not-adopted':
    case 'adopt-deferred':
    case 'ready':
    case 'health':
    case 'condition':
      return reduceRise(state, event, context);
    case 'start-failed':
    case 'not-ready':
    case 'connection-lost':
    case 'unhealthy':
    case 'exited':
    case 'stop-failed':
    case 'swept':
    case 'sweep-failed':
    case 'forgotten':
    case 'forget-failed':
      return reduceEnd(state, event, context);
    case 'appeared':
      return appeared(state);
    case 'removed':
      return removed(state, context);
    case 'engine-lost':
      return engineLost(state, event.since);
    case 'engine-back':
      return engineBack(state, event.since);
    case 'tick':
      return reduceTick(state, context);
  }
}
