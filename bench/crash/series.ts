import { until } from '../processes/started-processes.ts';
import { readJournal } from '../server/journal.ts';
import { type Call, type Kill, now } from './call.ts';
import { SdkClient } from './sdk-client.ts';
import { type Tally, tally } from './tally.ts';
import type { Living, Target } from './target.ts';

const CLIENTS = 4;
/** Newcomers have numbers from here on. */
const NEWCOMERS = 1_000;
const SETTLE_MS = 500;
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
    const living = target.living();
    // A proxy that does not start its server again cannot be measured any further.
    if (living.servers.size === 0) break;
    kills.push(await killOnce(target, clients, living, count));
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

async function killOnce(target: Target, clients: readonly SdkClient[], living: Living, number: number): Promise<Kill> {
  const kill: Kill = { at: now(), killed: living.servers, detectedAt: null, recoveredAt: null, newClientAt: null, lostSessions: 0 };
  living.kill();
  const newcomer = connectAnew(target.url, NEWCOMERS + number).catch(() => null);
  const answered = (client: SdkClient): Call | null => client.answeredSince(kill.at, kill.killed);
  await until('all clients are answered', target.giveUpMs, () => clients.every((client) => answered(client)), 2).catch(() => undefined);
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

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
