import type { UnitEvent } from './event.ts';
import { emptyLadder, mayLive, type UnitState } from './unit.ts';

type Order = Extract<UnitEvent, { kind: 'start-asked' | 'stop-asked' | 'remove-asked' | 'renew-asked' | 'unparked' }>;

/** What the owner asks for. A unit that is to be gone takes no other order any more: nothing resurrects it. */
export function reduceOrder(state: UnitState, order: Order): UnitState {
  if (state.want === 'gone' && order.kind !== 'remove-asked') return state;
  switch (order.kind) {
    case 'start-asked':
      return state.want === 'running' && state.phase === 'ready' ? state : wanted(state);
    case 'renew-asked':
      return { ...wanted(state), obsoleteThrough: state.generation };
    case 'stop-asked':
      return unwanted(state, 'stopped', order.graceMs);
    case 'remove-asked':
      return unwanted(state, 'gone', order.graceMs);
    case 'unparked':
      return state.parked ? { ...state, parked: false } : state;
  }
}

/** A new order wipes the slate: ladder, verdict and the failures that led to it. */
function wanted(state: UnitState): UnitState {
  return {
    ...state,
    want: 'running',
    graceMs: null,
    parked: false,
    ladder: emptyLadder,
    dueAt: null,
    verdict: null,
    confirmAt: null,
    away: null,
    reappeared: false,
    vanished: false,
    failedBoot: null,
    failure: null,
    stuck: null,
    reason: null,
    restarting: state.want === 'running' && mayLive(state) ? state.restarting : null,
  };
}

function unwanted(state: UnitState, want: 'stopped' | 'gone', graceMs: number | null): UnitState {
  return {
    ...state,
    want,
    graceMs,
    parked: false,
    ladder: emptyLadder,
    dueAt: null,
    verdict: null,
    confirmAt: null,
    away: null,
    reappeared: false,
    vanished: false,
    failedBoot: null,
    failure: null,
    stuck: null,
    reason: null,
    restarting: null,
    adoptable: null,
    // Where a sweep failed, one that was wanted counted on the sweep of its next start.
    swept: state.swept && state.want !== 'running',
  };
}
