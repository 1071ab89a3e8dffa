import type { RestartPolicy } from '../workload/policy.ts';
import type { Ladder } from './unit.ts';

/** How a run ended, as far as the ladder is concerned. */
export interface RunEnd {
  /** It was ready for at least `policy.stableMs`. */
  readonly stable: boolean;
  /** Wall clock ms of the end before this one; null = there was none. */
  readonly previousEnd: number | null;
}

export interface NextStart {
  /** Whole ms, 0 or more. */
  readonly delayMs: number;
  /** The ladder after this decision; `nextStartAt` is the wall clock's view of the delay, null when it is 0. */
  readonly ladder: Ladder;
  /** It dies again and again: slowed down although it was stable, or restarted before without ever getting stable. */
  readonly looping: boolean;
}

/**
 * When to start again after an end, or null: give up (`runtimes.md`, "Restart rules, exactly").
 * @param now wall clock ms
 * @param random in [0, 1)
 */
export function nextStart(policy: RestartPolicy, ladder: Ladder, end: RunEnd, now: number, random: number): NextStart | null {
  const attempts = (end.stable ? 0 : ladder.attempts) + 1;
  if (policy.attempts > 0 && attempts > policy.attempts) return null;
  const immediates = withinWindow(policy, ladder, now);
  if (end.stable && hasRoom(policy, immediates)) {
    return { delayMs: 0, ladder: { attempts, step: 0, immediates: remember(policy, immediates, now), nextStartAt: null }, looping: false };
  }
  const quiet = end.stable && (end.previousEnd === null || now - end.previousEnd > policy.immediate.windowMs);
  const step = quiet ? 0 : ladder.step;
  const delayMs = jittered(delayOfStep(policy, step), policy.jitter, random);
  const next = { attempts, step: step + 1, immediates, nextStartAt: delayMs > 0 ? now + delayMs : null };
  return { delayMs, ladder: next, looping: attempts > 1 || (end.stable && !quiet) };
}

/** The ladder once a run has proved stable. The step stays while the budget of immediate restarts is used up. */
export function afterStable(policy: RestartPolicy, ladder: Ladder, now: number): Ladder {
  const immediates = withinWindow(policy, ladder, now);
  return { attempts: 0, step: hasRoom(policy, immediates) ? 0 : ladder.step, immediates, nextStartAt: null };
}

/**
 * Wall clock ms from which a stable run no longer belongs to a crash loop: half the budget of immediate restarts is free again (as soon
 * as it has any room, a loop of one crash a minute would count as over every few minutes), or nothing ended for a whole window.
 */
export function calmFrom(policy: RestartPolicy, ladder: Ladder, lastEnd: number, now: number): number {
  const { count, windowMs } = policy.immediate;
  if (count === null) return now;
  const quietFrom = lastEnd + windowMs + 1;
  if (count === 0) return quietFrom;
  const immediates = withinWindow(policy, ladder, now);
  const last = immediates.at(-1 - Math.floor(count / 2));
  return last === undefined ? now : Math.min(quietFrom, last + windowMs);
}

/** Remaining delay of a start that another daemon planned: never longer than its step, whatever the clock did meanwhile. */
export function remainingDelay(policy: RestartPolicy, ladder: Ladder, now: number): number {
  if (ladder.nextStartAt === null) return 0;
  const longest = Math.round(delayOfStep(policy, Math.max(0, ladder.step - 1)) * (1 + policy.jitter));
  return Math.min(Math.max(0, ladder.nextStartAt - now), longest);
}

function delayOfStep(policy: RestartPolicy, step: number): number {
  return policy.delaysMs[Math.min(step, policy.delaysMs.length - 1)] ?? 0;
}

function jittered(delayMs: number, jitter: number, random: number): number {
  return Math.max(0, Math.round(delayMs * (1 + jitter * (2 * random - 1))));
}

/** Entries of the future come from a clock that was set back: they would block the window for as long as it was. */
function withinWindow(policy: RestartPolicy, ladder: Ladder, now: number): number[] {
  return ladder.immediates.filter((at) => at <= now && now - at < policy.immediate.windowMs);
}

function hasRoom(policy: RestartPolicy, immediates: readonly number[]): boolean {
  return policy.immediate.count === null || immediates.length < policy.immediate.count;
}

/** Without a limit nobody counts, and the list would grow for ever. */
function remember(policy: RestartPolicy, immediates: readonly number[], now: number): number[] {
  return policy.immediate.count === null ? [] : [...immediates, now];
}
