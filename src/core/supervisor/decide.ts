import type { HoldfastError } from '../errors/holdfast-error.ts';
import { describeExit, type ExitRecord, isFailure } from '../workload/exit.ts';
import type { RestartPolicy } from '../workload/policy.ts';
import type { BackendRecord } from '../workload/status.ts';
import { calmFrom, nextStart } from './backoff.ts';
import type { Context } from './event.ts';
import { attemptError, isFinal } from './failures.ts';
import { CONFIRM_STOP_MS, forgiveShutdown, removedOutside, rest, stoppedOutside } from './outside.ts';
import type { Ladder, Reason, UnitState, Verdict } from './unit.ts';

/** How long to leave an engine alone that does not answer. It costs no attempts: nothing is known about the server. */
const RUNTIME_RETRY_MS = 5_000;

interface Run {
  readonly stable: boolean;
  readonly wasReady: boolean;
  /** For how long, ms; 0 where it never was. */
  readonly readyMs: number;
  /** Why Holdfast ended it, when it did. */
  readonly endError: HoldfastError | null;
}

/** An attachment that is lost at once again is tried again after this, ms. */
const REATTACH_PAUSE_MS = 1_000;

/**
 * Only the connection to a backend was lost: what became of it is asked, at no cost. One that was being initialized cannot be asked a second
 * time: it is started anew.
 */
export function decideAfterLoss(idle: UnitState, lost: BackendRecord, readySince: number | null, context: Context): UnitState {
  const flaps = readySince === null || context.monotonic - readySince < REATTACH_PAUSE_MS;
  return {
    ...idle,
    adoptable: lost.readyAt === null ? null : lost,
    restarting: 'order',
    dueAt: flaps ? context.monotonic + REATTACH_PAUSE_MS : null,
    reason: idle.reason?.code === 'crash-looping' ? idle.reason : null,
  };
}

/** What follows the end of a backend that was wanted. `idle` is the state without it. */
export function decideAfterExit(
  idle: UnitState,
  exit: ExitRecord,
  run: Run,
  history: { readonly previousEnd: number | null },
  context: Context,
): UnitState {
  const failure = run.wasReady ? null : attemptError(context.spec.name, exit, run.endError);
  const reason: Reason = { code: 'exited', message: `${describeExit(exit)} (generation ${exit.generation})` };
  if (!idle.everReady) return conclude(idle, failed(firstFailureReason(failure, reason)), failure, context);
  // A session's own container is not the workload's.
  if (exit.cause === 'removed' && context.spec.sessions === 'shared') return rest(idle, removedOutside(context.spec.name));
  const stopped = stoppedOutside(context.spec.restart, exit, reason);
  // Of a container that has ended nothing is left, and what somebody starts next must not be swept away.
  if (stopped) return { ...rest(idle, stopped), swept: true, confirmAt: context.monotonic + CONFIRM_STOP_MS };
  const verdict = restsAfter(context.spec.restart, exit, reason);
  if (verdict) return conclude(idle, verdict, failure, context);
  // The engine's end says nothing about the server: it costs no attempt.
  if (exit.cause === 'engine') return { ...idle, dueAt: null, restarting: 'order', failure: null };
  // Nor does the end of a connection, where that is the end of what it led to; what Holdfast gave up itself (`endError`) is another matter.
  if (exit.cause === 'lost' && run.endError === null) {
    const flaps = run.readyMs < REATTACH_PAUSE_MS;
    return { ...idle, dueAt: flaps ? context.monotonic + REATTACH_PAUSE_MS : null, restarting: 'order', failure: null };
  }
  return climb(idle, { stable: run.stable, previousEnd: history.previousEnd, reason, failure, neverRan: false }, context);
}

/** What follows a start that left nothing behind. */
export function decideAfterFailedStart(failedStart: UnitState, error: HoldfastError, context: Context): UnitState {
  const reason: Reason = { code: error.code, message: error.message };
  const isAway = error.code === 'HF_RUNTIME_UNAVAILABLE';
  // Whatever else it says, the engine answers.
  const idle = isAway ? failedStart : { ...failedStart, away: null };
  if (!idle.everReady || isFinal(error)) return conclude(idle, failed(reason), error, context);
  if (isAway) return waitForRuntime(idle, error, context);
  // Where somebody has just asked for a start, what was removed before that is made anew.
  if (error.code === 'HF_REMOVED_OUTSIDE' && idle.restarting === null) return { ...idle, dueAt: null, restarting: 'order' };
  if (error.code === 'HF_REMOVED_OUTSIDE') return rest(idle, removedOutside(context.spec.name));
  if (context.spec.restart.mode === 'never') return conclude(idle, failed(reason), error, context);
  return climb(idle, { stable: false, previousEnd: idle.lastExit?.endedAt ?? null, reason, failure: error, neverRan: true }, context);
}

/**
 * The engine does not answer: tried again at a steady pace, for ever, at no cost. Requests are held as for a crash, until it is clear that
 * this is no short outage.
 */
export function waitForRuntime(waiting: UnitState, error: HoldfastError, context: Context): UnitState {
  const idle = waiting.away ? waiting : forgiveShutdown(waiting, context.now);
  const since = idle.away?.since ?? context.monotonic;
  return {
    ...idle,
    dueAt: context.monotonic + RUNTIME_RETRY_MS,
    ladder: { ...idle.ladder, nextStartAt: null },
    reason: { code: error.code, message: error.message },
    failure: error,
    away: { since, refuses: context.monotonic - since >= context.spec.holdMs },
    restarting: 'order',
  };
}

interface Ended {
  readonly stable: boolean;
  readonly previousEnd: number | null;
  readonly reason: Reason;
  readonly failure: HoldfastError | null;
  /** Nothing ran: a start that fails again and again is no crash loop, and keeps its own reason. */
  readonly neverRan: boolean;
}

/** One step of the ladder, or the end of it. */
function climb(before: UnitState, end: Ended, context: Context): UnitState {
  const { reason, failure } = end;
  const idle: UnitState = { ...before, spent: { ladder: before.ladder, reason: before.reason } };
  const policy = context.spec.restart;
  const next = nextStart(policy, idle.ladder, end, context.now, context.random);
  if (!next) {
    const message = `${reason.message}; given up after ${policy.attempts} restarts without a stable run`;
    return conclude(idle, failed({ code: 'attempts-exhausted', message }), failure, context);
  }
  return {
    ...idle,
    ladder: next.ladder,
    dueAt: next.delayMs > 0 ? context.monotonic + next.delayMs : null,
    restarting: 'crash',
    failure,
    reason:
      end.neverRan || !(next.looping || stillLooping(idle, end.previousEnd, context)) ? reason : loopReason(reason, policy, next.ladder),
  };
}

/** A restart at once does not end a loop: its budget may be free again for a moment only. */
function stillLooping(idle: UnitState, previousEnd: number | null, { spec, now }: Context): boolean {
  return idle.reason?.code === 'crash-looping' && calmFrom(spec.restart, idle.ladder, previousEnd ?? 0, now) > now;
}

function loopReason(reason: Reason, policy: RestartPolicy, ladder: Ladder): Reason {
  const of = policy.attempts === 0 ? '' : ` of ${policy.attempts}`;
  const message = ladder.attempts > 1 ? `restart ${ladder.attempts}${of} without a stable run` : 'it works for a while and dies again';
  return { code: 'crash-looping', message: `${reason.message}; ${message}` };
}

function failed(reason: Reason): Verdict {
  return { kind: 'failed', reason };
}

function firstFailureReason(failure: HoldfastError | null, otherwise: Reason): Reason {
  return failure ? { code: failure.code, message: otherwise.message } : otherwise;
}

/** The verdict of a policy that does not restart after this exit, null where it does. */
function restsAfter(policy: RestartPolicy, exit: ExitRecord, reason: Reason): Verdict | null {
  if (policy.mode === 'always' || policy.mode === 'unless-stopped') return null;
  if (!isFailure(exit))
    return { kind: 'finished', reason: { code: 'finished', message: `${reason.message}; not restarted (${policy.mode})` } };
  return policy.mode === 'never' ? failed({ code: 'not-restarted', message: `${reason.message}; not restarted (never)` }) : null;
}

function conclude(idle: UnitState, verdict: Verdict, failure: HoldfastError | null, context: Context): UnitState {
  return {
    ...idle,
    verdict,
    reason: verdict.reason,
    failure,
    dueAt: null,
    restarting: null,
    ladder: { ...idle.ladder, nextStartAt: null },
    failedBoot: verdict.kind === 'failed' ? context.bootId : null,
  };
}
