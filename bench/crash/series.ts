import { runsProgram } from '../measure/process-usage.ts';
import { until } from '../processes/started-processes.ts';
import { readJournal } from '../server/journal.ts';
import { type Call, type Kill, now } from './call.ts';
import { SdkClient } from './sdk-client.ts';
import { type Tally, tally } from './tally.ts';
import type { Target } from './target.ts';

const CLIENTS = 4;
/** Newcomers have numbers from here on. */
const NEWCOMERS = 1_000;
const SETTLE_MS = 500;
/** A client that is not answered so long after a kill has lost its session, ms. */
const GIVE_UP_MS = 3_000;
const RECONNECT_MS = 10_000;

export interface Series {
  readonly kills: readonly Kill[];
  readonly tally: Tally;
}

/**
 * Kills the server behind a target again and again under the steady load of four clients.
 * @param beside done after each kill, under the same load: what is to be compared with the recovery
 */
export async function runSeries(target: Target, progress: (text: string) => void, beside: () => Promise<void>): Promise<Series> {
  const clients = Array.from({ length: CLIENTS }, (_, number) => new SdkClient(target.url, number));
  for (const client of clients) await client.connect();
  for (const client of clients) {
    client.start();
    await pause(100 / CLIENTS);
  }
  await pause(SETTLE_MS);
  const kills: Kill[] = [];
  for (let count = 1; count <= target.kills; count += 1) {
    const pids = new Set(livingServers(target.journal));
    // A proxy that does not start its server again cannot be measured any further.
    if (pids.size === 0) break;
    kills.push(await killOnce(target, clients, pids, count));
    if (count % 10 === 0) progress(`${target.name}: killed ${count} times`);
    await beside();
    // Not in step with the calls: 100 to 200 ms, spread evenly.
    await pause(100 + ((count * 37) % 100));
  }
  await Promise.all(clients.map((client) => client.finish()));
  await target.detections(kills);
  await Promise.all(clients.map((client) => client.close()));
  const calls = clients.flatMap((client) => client.calls);
  return { kills, tally: tally(calls, kills, readJournal(target.journal).executions) };
}

async function killOnce(target: Target, clients: readonly SdkClient[], pids: ReadonlySet<number>, number: number): Promise<Kill> {
  const kill: Kill = { at: now(), pids, detectedAt: null, recoveredAt: null, newClientAt: null, lostSessions: 0 };
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  const newcomer = connectAnew(target.url, NEWCOMERS + number).catch(() => null);
  const answered = (client: SdkClient): Call | null => client.answeredSince(kill.at, pids);
  await until('all clients are answered', GIVE_UP_MS, () => clients.every((client) => answered(client)), 2).catch(() => undefined);
  const times = clients.map((client) => answered(client)?.doneAt ?? null).filter((time) => time !== null);
  if (times.length > 0) kill.recoveredAt = Math.min(...times);
  const lost = clients.filter((client) => !answered(client));
  kill.lostSessions = lost.length;
  // One that cannot connect at all makes no further calls.
  for (const client of lost) await client.reconnect(RECONNECT_MS).catch(() => undefined);
  kill.newClientAt = await newcomer;
  return kill;
}

/** A client that knows nothing of the crash and connects at that moment, again and again until it is answered. @returns when it was */
async function connectAnew(url: string, number: number): Promise<number | null> {
  const client = new SdkClient(url, number);
  await client.reconnect(RECONNECT_MS);
  await client.call(true);
  const [call] = client.calls;
  await client.close();
  return call?.outcome === 'answered' ? call.doneAt : null;
}

/** Servers that a journal names and that still run. A pid that was given to another program meanwhile is not taken for one. */
export function livingServers(journal: string): number[] {
  const pids = new Set(readJournal(journal).boots.map(({ pid }) => pid));
  return [...pids].filter((pid) => runsProgram(pid, 'mcp-server') && runsProgram(pid, journal));
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
