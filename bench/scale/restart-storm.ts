import type { Listed, PrivateHoldfast } from '../holdfast/private-holdfast.ts';
import type { LoadResult } from '../load/load-order.ts';
import type { LoadProcess } from '../load/load-process.ts';
import { until } from '../processes/started-processes.ts';
import { type Row, short } from '../report/row.ts';

const RATE = 100;
const CALM_MS = 4_000;
const STORM_MS = 10_000;
const BACK_WITHIN_MS = 60_000;

/** How long a well workload takes to answer while all others are killed and restarted at once. */
export async function restartRows(holdfast: PrivateHoldfast, load: LoadProcess, steady: Listed, others: readonly Listed[]): Promise<Row[]> {
  const order = {
    port: steady.port,
    path: new URL(steady.url).pathname,
    connections: 16,
    warmUpMs: 500,
    ask: 'call',
    ratePerSecond: RATE,
  } as const;
  const calm = await load.run({ ...order, measureMs: CALM_MS });
  const running = load.run({ ...order, measureMs: STORM_MS });
  await new Promise((resolve) => setTimeout(resolve, order.warmUpMs + 500));
  const killedAt = performance.now();
  for (const { pid } of others) process.kill(pid, 'SIGKILL');
  await until('all servers are back', BACK_WITHIN_MS, () => allAreBack(holdfast, others), 250);
  const backMs = performance.now() - killedAt;
  const storm = await running;
  return [
    latencyRow(`a call, ${RATE} a second, while nothing else happens`, calm),
    latencyRow(`the same while the ${others.length} others are killed and restarted`, storm),
    {
      benchmark: `${others.length} workloads`,
      what: 'all killed → all ready again',
      measured: `${short(backMs / 1_000)} s (the boots of ${others.length} Node servers on these cores)`,
      promise: null,
      met: null,
      values: { backMs },
    },
  ];

  function latencyRow(what: string, { latency: { p50, p99, max }, wrong, requests }: LoadResult): Row {
    return {
      benchmark: `${others.length} workloads`,
      what,
      measured: `p50 ${short(p50)}, p99 ${short(p99)}, max ${short(max)} ms; ${wrong} of ${requests} wrong`,
      promise: null,
      met: null,
      values: { p50Ms: p50, p99Ms: p99, maxMs: max, wrong },
    };
  }
}

async function allAreBack(holdfast: PrivateHoldfast, before: readonly Listed[]): Promise<boolean> {
  const listed = JSON.parse(await holdfast.cli('ls', '--format', 'json')) as (Listed & { lifecycle: string })[];
  const old = new Map(before.map(({ name, pid }) => [name, pid]));
  return listed.every(({ name, pid, lifecycle }) => lifecycle === 'running' && pid !== old.get(name));
}
