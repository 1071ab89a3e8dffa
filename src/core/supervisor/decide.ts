import type { HoldfastError } from '../errors/holdfast-error.ts';
import { describeExit, type ExitRecord, isFailure } from '../workload/exit.ts';
import type { RestartPolicy } from '../workload/policy.ts';
import { nextStart } from './backoff.ts';
import type { Context } from './event.ts';
import { attemptError, isFinal } from './failures.ts';
import type { Reason, UnitState, Verdict } from './unit.ts';

/** How long to leave an engine alone that does not answer. It costs no attempts: nothing is known about the server. */
const RUNTIME_RETRY_MS = 5_000;

interface Run {
  readonly stable: boolean;
  readonly wasReady: boolean;
  /** Why Holdfast ended it, when it did. */
  readonly endError: HoldfastError | null;
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
  const rest = restsAfter(context.spec.restart, exit, reason);
  if (rest) return conclude(idle, rest, failure, context);
  return climb(idle, { stable: run.stable, previousEnd: history.previousEnd }, reason, failure, context);
}

/** What follows a start that left nothing behind. */
export function decideAfterFailedStart(idle: UnitState, error: HoldfastError, context: Context): UnitState {
  const reason: Reason = { code: error.code, message: error.message };
  if (!idle.everReady || isFinal(error)) return conclude(idle, failed(reason), error, context);
  if (error.code === 'HF_RUNTIME_UNAVAILABLE') return waitForRuntime(idle, error, context);
  if (context.spec.restart.mode === 'never') return conclude(idle, failed(reason), error, context);
  return climb(idle, { stable: false, previousEnd: idle.lastExit?.endedAt ?? null }, reason, error, context);
}

/** The engine does not answer: tried again at a steady pace, for ever, at no cost. */
export function waitForRuntime(idle: UnitState, error: HoldfastError, context: Context): UnitState {
  return {
    ...idle,
    dueAt: context.monotonic + RUNTIME_RETRY_MS,
    ladder: { ...idle.ladder, nextStartAt: context.now + RUNTIME_RETRY_MS },
    reason: { code: error.code, message: error.message },
    failure: error,
    restarting: idle.restarting ?? 'order',
  };
}

/** One step of the ladder, or the end of it. */
function climb(
  idle: UnitState,
  end: { readonly stable: boolean; readonly previousEnd: number | null },
  reason: Reason,
  failure: HoldfastError | null,
  context: Context,
): UnitState {
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
    reason: next.looping ? { code: 'crash-looping', message: `${reason.message}; ${loopMessage(policy, next.ladder.attempts)}` } : reason,
  };
}

function loopMessage(policy: RestartPolicy, attempts: number): string {
  const of = policy.attempts === 0 ? '' : ` of ${policy.attempts}`;
  return `restart ${attempts}${of} without a stable run in between`;
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
