import type { Call, Kill } from './call.ts';

/** What became of the calls of one series. */
export interface Tally {
  readonly calls: number;
  readonly answered: number;
  readonly safe: number;
  readonly safeFailed: number;
  /** Calls of any kind that were sent when the proxy knew of the crash already, or long before it, and failed. */
  readonly lateFailed: number;
  /** Unsafe calls that were on their way when the server was killed, or were sent before the proxy knew, and got their error. */
  readonly caughtFailed: number;
  readonly hung: number;
  /** Unsafe calls that the server began twice. */
  readonly duplicated: number;
  /** Safe calls that it began twice: allowed, and what repeating means. */
  readonly repeated: number;
  /** Began more than twice, whatever it was. */
  readonly moreThanTwice: number;
  /** Answers that belonged to another call. */
  readonly foreign: number;
  /** The error said that it was not executed, and the server had begun it. */
  readonly wronglyDenied: number;
  readonly lostSessions: number;
  /** Messages of errors, with how often they came, most frequent first. */
  readonly errors: readonly (readonly [string, number])[];
}

/** Timestamps of two processes agree to about this much, ms. */
const CLOCK_MS = 1;

/** @param executions how often the server began each call, by its name */
export function tally(calls: readonly Call[], kills: readonly Kill[], executions: ReadonlyMap<string, number>): Tally {
  const failed = calls.filter(({ outcome }) => outcome === 'failed');
  const began = (call: Call): number => executions.get(call.name) ?? 0;
  const count = (which: (call: Call) => boolean): number => calls.filter((call) => which(call)).length;
  const caught = failed.filter((call) => !call.safe && kills.some((kill) => isCaught(call, kill, calls)));
  return {
    calls: calls.length,
    answered: count(({ outcome }) => outcome === 'answered'),
    safe: count(({ safe }) => safe),
    safeFailed: failed.filter(({ safe }) => safe).length,
    lateFailed: failed.filter(({ safe }) => !safe).length - caught.length,
    caughtFailed: caught.length,
    hung: count(({ outcome }) => outcome === 'hung' || outcome === null),
    duplicated: count((call) => !call.safe && began(call) > 1),
    repeated: count((call) => call.safe && began(call) > 1),
    moreThanTwice: count((call) => began(call) > 2),
    foreign: count(({ foreign }) => foreign),
    wronglyDenied: failed.filter((call) => call.mayHaveExecuted === false && began(call) > 0).length,
    lostSessions: kills.reduce((sum, { lostSessions }) => sum + lostSessions, 0),
    errors: ranking(failed.map(({ error }) => error ?? 'no message')),
  };
}

/**
 * Whether the call was in flight when the server was killed, or sent before the proxy knew. Where the proxy does not say when it knew, its
 * first error after the kill says it.
 */
function isCaught(call: Call, kill: Kill, calls: readonly Call[]): boolean {
  const doneAt = call.doneAt ?? Number.POSITIVE_INFINITY;
  if (doneAt < kill.at) return false;
  return call.sentAt <= (kill.detectedAt ?? firstError(kill, calls)) + CLOCK_MS;
}

function firstError(kill: Kill, calls: readonly Call[]): number {
  const times = calls.filter(({ outcome, doneAt }) => outcome === 'failed' && doneAt !== null && doneAt >= kill.at);
  return times.reduce((least, { doneAt }) => Math.min(least, doneAt ?? least), Number.POSITIVE_INFINITY);
}

function ranking(texts: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a);
}
