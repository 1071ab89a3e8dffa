import { HoldfastError } from '../errors/holdfast-error.ts';
import type { ExitRecord } from '../workload/exit.ts';
import { decideAfterExit, decideAfterFailedStart, decideAfterLoss } from './decide.ts';
import type { Context, UnitEvent } from './event.ts';
import { takeUp } from './outside.ts';
import { mayLive, mustEnd, type StopReason, type UnitState } from './unit.ts';

type End = Extract<
  UnitEvent,
  {
    kind:
      | 'start-failed'
      | 'not-ready'
      | 'connection-lost'
      | 'unhealthy'
      | 'exited'
      | 'stop-failed'
      | 'swept'
      | 'sweep-failed'
      | 'forgotten'
      | 'forget-failed';
  }
>;

/** A backend goes, or an attempt to get one failed. */
export function reduceEnd(state: UnitState, event: End, context: Context): UnitState {
  switch (event.kind) {
    case 'start-failed':
      return startFailed(state, event.generation, event.error, context);
    case 'not-ready':
      return state.phase === 'handshaking' ? condemn(state, event.generation, 'not-ready', event.error) : state;
    case 'connection-lost':
      return condemn(state, event.generation, 'lost', lostError(context.spec.name, event.why));
    case 'unhealthy':
      return condemn({ ...state, health: 'unhealthy' }, event.generation, 'unhealthy', lostError(context.spec.name, event.why), state);
    case 'exited':
      return exited(state, event.exit, context);
    case 'stop-failed':
      return state.phase === 'stopping' && event.generation === state.generation ? { ...state, stuck: event.error } : state;
    case 'swept':
      return state.phase === 'sweeping' ? { ...state, phase: 'idle', swept: true } : state;
    case 'sweep-failed':
      return state.phase === 'sweeping' ? stickFor(state, event.error, context) : state;
    case 'forgotten':
      return state.phase === 'forgetting' ? { ...state, phase: 'forgotten' } : state;
    case 'forget-failed':
      return state.phase === 'forgetting' ? stickFor(state, event.error, context) : state;
  }
}

/** What cannot be cleaned up now is tried again, for as long as it takes. */
const CLEANUP_RETRY_MS = 5_000;

function stickFor(state: UnitState, error: HoldfastError, context: Context): UnitState {
  // A unit that is to be started sweeps before that anyway.
  if (state.want === 'running' && state.verdict) return { ...state, phase: 'idle', dueAt: context.monotonic + CLEANUP_RETRY_MS };
  if (state.want === 'running') return { ...state, phase: 'idle', swept: true };
  return { ...state, phase: 'idle', stuck: error, dueAt: context.monotonic + CLEANUP_RETRY_MS };
}

function startFailed(state: UnitState, generation: number, error: HoldfastError, context: Context): UnitState {
  if (generation !== state.generation || (state.phase !== 'starting' && state.phase !== 'cancelling')) return state;
  const idle: UnitState = { ...state, phase: 'idle', backend: null, ending: null };
  // A start that was called off says nothing about the server.
  if (state.phase === 'cancelling' || mustEnd(state)) return { ...idle, dueAt: null };
  return decideAfterFailedStart(idle, error, context);
}

/** Marks the living generation as useless; the first reason counts. */
function condemn(state: UnitState, generation: number, why: StopReason, error: HoldfastError, otherwise: UnitState = state): UnitState {
  const lives = state.backend?.generation === generation && mayLive(state) && state.phase !== 'stopping';
  return lives && !state.ending ? { ...state, ending: { why, error } } : otherwise;
}

function lostError(name: string, why: string): HoldfastError {
  return new HoldfastError('HF_NOT_READY', { what: `The server of ${name} became useless`, why });
}

function exited(state: UnitState, observed: ExitRecord, context: Context): UnitState {
  if (state.backend?.generation !== observed.generation) return state;
  const exit: ExitRecord = { ...observed, cause: causeOf(state, observed) };
  const idle: UnitState = {
    ...state,
    phase: 'idle',
    backend: null,
    adopted: false,
    readySince: null,
    ending: null,
    health: 'unknown',
    condition: { kind: 'fine' },
    reappeared: false,
    vanished: false,
    lastExit: exit,
    undropped: exit,
    stuck: null,
    swept: false,
  };
  if (state.want !== 'running' || state.verdict) return { ...idle, dueAt: null };
  // It had to go anyway: replaced at once, whatever it died of.
  if (exit.cause === 'stopped' || state.generation <= state.obsoleteThrough) return { ...idle, dueAt: null, restarting: 'order' };
  const mayGoOn = state.backend.readyAt !== null || (state.everReady && context.spec.restart.mode !== 'never');
  if (exit.livesOn && mayGoOn) return decideAfterLoss(idle, state.backend, state.readySince, context);
  const run = {
    stable: isStable(state, context),
    wasReady: state.readySince !== null,
    readyMs: state.readySince === null ? 0 : context.monotonic - state.readySince,
    endError: state.ending?.error ?? null,
  };
  const next = decideAfterExit(idle, exit, run, { previousEnd: state.lastExit?.endedAt ?? null }, context);
  return state.reappeared ? takeUp(next) : next;
}

/** Stable is measured from ready, on the monotonic clock: time asleep proves nothing. */
function isStable(state: UnitState, context: Context): boolean {
  return state.readySince !== null && context.monotonic - state.readySince >= context.spec.restart.stableMs;
}

/** What the process did by itself counts, unless Holdfast was ending it. */
function causeOf(state: UnitState, exit: ExitRecord): ExitRecord['cause'] {
  const ending = state.phase === 'stopping' ? state.ending : null;
  if (ending?.why === 'stop' || ending?.why === 'restart') return 'stopped';
  // Somebody removed it even while Holdfast was ending it, or looking how it ended: nothing of it is left to be started again.
  if (state.vanished) return 'removed';
  // Nor is it the server's fault where its engine went down before it had ended.
  return exit.cause === 'removed' || exit.cause === 'engine' ? exit.cause : (ending?.why ?? exit.cause);
}
