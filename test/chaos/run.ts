import { Random } from '../../simulation/time/random.ts';
import type { HoldfastEvent } from '../../src/api/contract/streams.ts';
import type { EngineKind } from '../support/engine/engines.ts';
import { until } from '../support/until.ts';
import { now } from './call.ts';
import { Faults } from './faults.ts';
import { describeStep, planOf } from './plan.ts';
import { leftBehind, superfluous } from './presence.ts';
import type { ChaosSettings } from './settings.ts';
import { openSite, type Site } from './site.ts';
import { Timeline } from './timeline.ts';
import { judge, type Verdict } from './verdict.ts';

/** As long as a request waits. Every outage of the plan is shorter, and so is what follows from it. */
const HOLD_MS = 30_000;
/** What ended is still seen for a moment, ms. */
const END_BOUND_MS = 5_000;

/** Types of events that say that a server, or the way to it, is lost. Docker's ports are gone with the engine. */
const LOSSES = ['runtime.unavailable', 'backend.exited', 'backend.detached', 'backend.restarted-outside', 'backend.unhealthy'];

/** And that it can be reached again. */
const RETURNS = ['backend.ready', 'backend.adopted'];

export interface ChaosReport {
  readonly verdict: Verdict;
  /** What must not be, the calls' included: one line each. */
  readonly wrong: readonly string[];
  /** One line that says what was done. */
  readonly summary: string;
  /** What was done, and what Holdfast said, line by line. */
  readonly timeline: string;
}

/** Lets faults come to one engine, one Holdfast and its servers while six clients call, and judges what came of it. */
export async function runChaos(kind: EngineKind, { seed, seconds }: ChaosSettings): Promise<ChaosReport> {
  const random = new Random(`${seed}/${kind}`);
  const site = await openSite(kind, random.fork('site'));
  const timeline = new Timeline();
  const wrong: string[] = [];
  const faults = new Faults(site, timeline);
  let events: HoldfastEvent[] = [];
  let executions = new Map<string, number>();
  try {
    for (const caller of site.callers) caller.start();
    await untilAllAnswer(site, now());
    await inflictAll(site, faults, timeline, random.fork('plan'), seconds * 1_000).catch((error: Error) => {
      timeline.note(`broken off: ${error.message}`);
      wrong.push(`broken off: ${error.message}`);
    });
    await Promise.all(site.callers.map((caller) => caller.stop()));
    await faults.settled();
    timeline.note('no calls any more');
    executions = executionsOf(site);
    events = await site.home.events();
    wrong.push(...(await afterwards(site)));
    await site.home.ok('rm', ...site.servers.map(({ name }) => name));
    wrong.push(...(await untilNone(() => leftBehind(site))).map((line) => `left behind: ${line}`));
  } catch (error) {
    wrong.push((error as Error).message);
  } finally {
    await site.end().catch((error: Error) => wrong.push(error.message));
  }
  const verdict = judge(
    site.callers.flatMap(({ calls }) => calls),
    {
      losses: lossesOf(events, faults.strikes),
      returns: timesOf(events, RETURNS),
      deaths: faults.deaths,
      removals: faults.removals,
      executions,
    },
  );
  return { verdict, wrong: [...wrong, ...verdict.wrong], summary: summaryOf(verdict, timeline), timeline: timeline.text(events) };
}

async function inflictAll(site: Site, faults: Faults, timeline: Timeline, random: Random, forMs: number): Promise<void> {
  const names = site.servers.map(({ name }) => name);
  const end = now() + forMs;
  for (const step of planOf(random, names.length)) {
    await new Promise((resolve) => setTimeout(resolve, step.waitMs));
    if (now() > end) break;
    timeline.note(describeStep(step, names));
    await faults.inflict(step);
    if (step.calm) await untilAllAnswer(site, now());
  }
  await untilAllAnswer(site, now());
}

/** Each client was answered again, on the session that it has, before a request would have been given up. */
async function untilAllAnswer({ callers }: Site, since: number): Promise<void> {
  const waiting = (): string[] => callers.filter((caller) => !caller.isAnsweredSince(since)).map(({ name }) => name);
  await until('all clients are answered', () => waiting().length === 0, HOLD_MS).catch((error: Error) => {
    throw new Error(`${error.message}: ${waiting().join(', ')}`, { cause: error });
  });
}

/** When the faults are over: every session still works under the id that it was given, and everything is there once. */
async function afterwards(site: Site): Promise<string[]> {
  const sessions = site.callers.map(async ({ name, client, session }) => {
    const text = await client.text('safe', { tag: `${name}-last` });
    const wrongId = client.sessionId() === session ? [] : [`${name} has another session than the one that it was given`];
    return [...wrongId, ...(text === `safe ${name}-last` ? [] : [`${name} got ${text}`])];
  });
  return [...(await Promise.all(sessions)).flat(), ...(await untilNone(() => superfluous(site)))];
}

/** What is still found after a while. */
async function untilNone(find: () => Promise<string[]>): Promise<string[]> {
  let found: string[] = [];
  const isNone = async (): Promise<boolean> => (found = await find()).length === 0;
  await until('nothing is found', isNone, END_BOUND_MS).catch(() => undefined);
  return found;
}

/** Times of events of these types, by workload. */
function timesOf(events: readonly HoldfastEvent[], types: readonly string[]): Map<string, number[]> {
  const times = new Map<string, number[]>();
  for (const { type, workload, at } of events)
    if (workload !== null && types.includes(type)) times.set(workload, [...(times.get(workload) ?? []), Date.parse(at)]);
  return times;
}

/** What Holdfast may be told too late, or never, counts from when it was done. */
function lossesOf(events: readonly HoldfastEvent[], strikes: ReadonlyMap<string, readonly number[]>): Map<string, number[]> {
  const losses = timesOf(events, LOSSES);
  for (const [workload, times] of strikes) losses.set(workload, [...(losses.get(workload) ?? []), ...times]);
  return losses;
}

function executionsOf({ servers }: Site): Map<string, number> {
  const executions = new Map<string, number>();
  for (const { what, tag } of servers.flatMap((server) => server.journal()))
    if (what === 'executed' && tag !== undefined) executions.set(tag, (executions.get(tag) ?? 0) + 1);
  return executions;
}

function summaryOf(verdict: Verdict, timeline: Timeline): string {
  const { calls, answered, caught, caughtTwice, caughtNew, cutByDeath, removed, repeated, longestMs } = verdict;
  return (
    `${timeline.counts()}. ${answered} of ${calls} calls answered, the slowest after ${Math.round(longestMs)} ms, ${repeated} executed twice because they may be; ` +
    `${caught} unsafe calls caught by a loss, ${caughtTwice} safe ones by two, ${caughtNew} by one before anybody knew their tools, ${cutByDeath} by the death of Holdfast, ${removed} by a removal.`
  );
}
