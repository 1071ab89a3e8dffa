import { summary } from '../measure/statistics.ts';
import { ClientConnection } from './client-connection.ts';
import type { LoadOrder, LoadResult } from './load-order.ts';

/** Requests of a session besides the measured ones: initialize, initialized, DELETE. */
const AROUND = 3;

/** Carries out one order. @throws when a session cannot be opened or a connection breaks */
export async function load(order: LoadOrder): Promise<LoadResult> {
  const { port, path, ask, connections: count, ratePerSecond } = order;
  const connections = await Promise.all(Array.from({ length: count }, () => ClientConnection.open(port, path, ask)));
  const broken = new Promise<never>((_resolve, reject) => {
    for (const connection of connections) connection.onFailure(reject);
  });
  const run = ratePerSecond === null ? closedLoop(connections, order) : openLoop(connections, order, ratePerSecond);
  const { latencies, seconds, total } = await Promise.race([run, broken]);
  await Promise.all(connections.map((connection) => connection.close()));
  const wrong = connections.reduce((sum, connection) => sum + connection.wrong, 0);
  return {
    requests: latencies.length,
    seconds,
    total: total + AROUND * count,
    wrong,
    latency: summary(latencies),
  };
}

interface Measured {
  readonly latencies: readonly number[];
  readonly seconds: number;
  readonly total: number;
}

/** Each connection sends its next request when it has its answer. */
async function closedLoop(connections: readonly ClientConnection[], { warmUpMs, measureMs }: LoadOrder): Promise<Measured> {
  const latencies: number[] = [];
  let total = 0;
  const from = performance.now() + warmUpMs;
  const to = from + measureMs;
  await Promise.all(
    connections.map(
      (connection) =>
        new Promise<void>((resolve) => {
          let sentAt = 0;
          const send = (): void => {
            sentAt = performance.now();
            connection.next(answered);
          };
          const answered = (): void => {
            const now = performance.now();
            total += 1;
            if (now >= to) return resolve();
            if (now >= from) latencies.push(now - sentAt);
            send();
          };
          send();
        }),
    ),
  );
  return { latencies, seconds: measureMs / 1_000, total };
}

/** Requests are due at a steady rate. One that finds no free connection waits, and its time counts from when it was due. */
async function openLoop(connections: readonly ClientConnection[], order: LoadOrder, ratePerSecond: number): Promise<Measured> {
  const latencies: number[] = [];
  const free = [...connections];
  const waiting: number[] = [];
  const start = performance.now();
  const from = start + order.warmUpMs;
  const to = from + order.measureMs;
  let due = start;
  let total = 0;
  const send = (connection: ClientConnection, dueAt: number): void => {
    connection.next(() => {
      total += 1;
      if (dueAt >= from && dueAt < to) latencies.push(performance.now() - dueAt);
      const next = waiting.shift();
      if (next === undefined) free.push(connection);
      else send(connection, next);
    });
  };
  while (performance.now() < to || free.length < connections.length) {
    for (const now = performance.now(); due <= now && due < to; due += 1_000 / ratePerSecond) {
      const connection = free.pop();
      if (connection) send(connection, due);
      else waiting.push(due);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return { latencies, seconds: order.measureMs / 1_000, total };
}
