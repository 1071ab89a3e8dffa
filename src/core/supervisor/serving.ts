import { HoldfastError } from '../errors/holdfast-error.ts';
import type { ServingState } from '../ports/gateway.ts';
import { exitFacts } from './failures.ts';
import { REMOVED_OUTSIDE } from './outside.ts';
import { mustEnd, type UnitState } from './unit.ts';

/** What the gateway does with the requests of a unit (`sessions.md`, "Errors that Holdfast makes"). Ready is set by the gateway itself. */
export function servingOf(name: string, state: UnitState): { readonly serving: ServingState; readonly key: string } {
  if (state.want !== 'running') return refuse('stopped', new HoldfastError('HF_WORKLOAD_STOPPED', { what: `${name} is stopped` }));
  if (state.verdict) return refuseForGood(name, state, state.verdict.kind);
  if (state.phase === 'ready' && !mustEnd(state)) return { serving: { kind: 'ready' }, key: 'ready' };
  if (state.away?.refuses && state.failure && state.phase !== 'handshaking') return refuse('runtime-unavailable', state.failure);
  const { nextStartAt } = state.ladder;
  return { serving: { kind: 'hold', nextStartAt }, key: `hold ${nextStartAt ?? ''}` };
}

function refuseForGood(name: string, state: UnitState, kind: 'failed' | 'finished'): ReturnType<typeof servingOf> {
  const why = state.reason?.message ?? 'unknown';
  const data = { ...(state.lastExit ? exitFacts(state.lastExit) : {}), reason: state.reason?.code ?? null };
  if (state.reason?.code === REMOVED_OUTSIDE) {
    const error = new HoldfastError('HF_REMOVED_OUTSIDE', { what: `The container of ${name} was removed by somebody else`, data });
    return { serving: { kind: 'refuse', error, gone: true }, key: `removed ${why}` };
  }
  if (kind === 'failed') return refuse(`failed ${why}`, new HoldfastError('HF_WORKLOAD_FAILED', { what: `${name} has failed`, why, data }));
  return refuse(`finished ${why}`, new HoldfastError('HF_WORKLOAD_STOPPED', { what: `${name} ended by itself`, why, data }));
}

function refuse(key: string, error: HoldfastError): ReturnType<typeof servingOf> {
  return { serving: { kind: 'refuse', error }, key };
}
