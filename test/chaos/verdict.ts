import { type Call, isSafe } from './call.ts';

/** From one moment to another, ms since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What happened to what the calls needed. */
export interface Troubles {
  /** When Holdfast said that it lost a server, or the connection to it, by workload, oldest first. */
  readonly losses: ReadonlyMap<string, readonly number[]>;
  /** When it said that the server can be reached again, by workload. */
  readonly returns: ReadonlyMap<string, readonly number[]>;
  /** From the SIGKILL of Holdfast until its port is open again: nobody holds it here, as a service manager would. */
  readonly deaths: readonly Span[];
  /** From the removal of a workload's container by somebody else until it was started anew, by workload. */
  readonly removals: ReadonlyMap<string, readonly Span[]>;
  /** How often a server began each call, by its tag. */
  readonly executions: ReadonlyMap<string, number>;
}

/** What became of the calls of a run. */
export interface Verdict {
  readonly calls: number;
  readonly answered: number;
  /** Unsafe calls that a loss caught, each with its error. */
  readonly caught: number;
  /** Safe calls that a second loss caught after they had been repeated once. */
  readonly caughtTwice: number;
  /**
   * Safe calls that a loss caught before Holdfast, started again, or their server, had one answer to show: only the list of the server that
   * had the call says that it is safe, and nobody has told it.
   */
  readonly caughtNew: number;
  /** Calls that broke with the death of Holdfast. */
  readonly cutByDeath: number;
  /** Calls of a workload whose container was removed. */
  readonly removed: number;
  /** Safe calls that a server began twice. */
  readonly repeated: number;
  /** The longest that an answered call took, ms. */
  readonly longestMs: number;
  /** What must not be: one line each. */
  readonly wrong: readonly string[];
}

/**
 * News of a loss is written down when it comes; a request whose connection broke waits 250 ms for it before its caller is told. An engine
 * that is busy says it later still, ms.
 */
const NEWS_MS = 1_500;
/** The kill is sent, and noted, some moments apart; what was written down then and not yet on disk is lost, ms. */
const DEATH_SLACK_MS = 100;
const ANSWERS_OF_DEATH = ['HF_DAEMON_RESTARTED', null];

/**
 * Judges each call. One that failed must have been sent before its server was lost (twice, where it may be repeated): whatever arrives when
 * the loss is known waits for the next server, since no outage here is longer than the hold limit.
 */
export function judge(calls: readonly Call[], troubles: Troubles): Verdict {
  const counts = { answered: 0, caught: 0, caughtTwice: 0, caughtNew: 0, cutByDeath: 0, removed: 0, repeated: 0, longestMs: 0 };
  const wrong: string[] = [];
  for (const call of calls) {
    const begun = troubles.executions.get(call.tag) ?? 0;
    if (begun > (isSafe(call) ? 2 : 1)) wrong.push(`${words(call)} was executed ${begun} times`);
    if (isSafe(call) && begun > 1) counts.repeated += 1;
    if (call.foreign) wrong.push(`${words(call)} got the answer of another call`);
    if (call.mayHaveExecuted === false && begun > 0) wrong.push(`${words(call)} was executed, and its error denies it`);
    if (call.outcome === 'answered') {
      counts.answered += 1;
      counts.longestMs = Math.max(counts.longestMs, (call.doneAt ?? 0) - call.sentAt);
      if (call.tool !== 'tools/list' && begun === 0) wrong.push(`${words(call)} was answered, and no server executed it`);
    } else if (call.outcome === 'failed') {
      const excuse = excuseFor(call, troubles, calls);
      if (excuse === null) wrong.push(`${words(call)} failed: ${call.code ?? ''} ${call.error ?? ''}`);
      else counts[excuse] += 1;
    } else wrong.push(`${words(call)} has no answer`);
  }
  return { calls: calls.length, ...counts, wrong };
}

function excuseFor(
  call: Call,
  { losses, returns, deaths, removals }: Troubles,
  calls: readonly Call[],
): 'caught' | 'caughtTwice' | 'caughtNew' | 'cutByDeath' | 'removed' | null {
  const to = call.doneAt ?? call.sentAt;
  const meets = ({ from, to: end }: Span, slack: number): boolean => call.sentAt <= end && to >= from - slack;
  if ((removals.get(call.workload) ?? []).some((span) => meets(span, 0))) return 'removed';
  if (ANSWERS_OF_DEATH.includes(call.code) && deaths.some((span) => meets(span, DEATH_SLACK_MS))) return 'cutByDeath';
  if (call.code !== 'HF_BACKEND_LOST') return null;
  const met = (losses.get(call.workload) ?? []).filter((at) => at >= call.sentAt - 1 && at <= to + NEWS_MS);
  // What one outage brings is one loss, however many signs there are of it: between two the server is there again.
  const again = (returns.get(call.workload) ?? []).some((at) => met.some((loss) => loss <= at) && met.some((loss) => loss > at));
  if (met.length === 0) return null;
  if (!isSafe(call)) return 'caught';
  if (again) return 'caughtTwice';
  const back = (returns.get(call.workload) ?? []).findLast((at) => at <= to);
  const born = Math.max(deaths.findLast(({ from }) => from <= to)?.to ?? 0, back ?? 0);
  const isKnown = (other: Call): boolean => isAnswer(other, call.server) && (other.doneAt ?? 0) >= born && (other.doneAt ?? 0) <= to;
  return born === 0 || calls.some(isKnown) ? null : 'caughtNew';
}

function isAnswer({ server, tool, outcome }: Call, of: string): boolean {
  return server === of && tool !== 'tools/list' && outcome === 'answered';
}

function words({ tool, tag, workload, sentAt, doneAt }: Call): string {
  const took = doneAt === null ? 'still open' : `${Math.round(doneAt - sentAt)} ms`;
  return `${new Date(sentAt).toISOString().slice(11, 23)} ${tool} ${tag} of ${workload} (${took})`;
}
