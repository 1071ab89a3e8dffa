import { Pool } from 'undici';
import { type FaultProxy, type SeenRequest, startFaultProxy } from '../../test/support/engine/fault-proxy.ts';
import type { PrivateEngine } from '../../test/support/engine/private-engine.ts';
import type { BenchContext, Benchmark } from '../bench.ts';
import { CALL, INITIALIZE, INITIALIZED } from '../crash/boot-time.ts';
import { type ListedContainer, type PrivateHoldfast, startHoldfast } from '../holdfast/private-holdfast.ts';
import { forgetPeak, peakBytes } from '../measure/process-usage.ts';
import type { Findings, Row } from '../report/row.ts';
import { short } from '../report/row.ts';
import { settle, settledBytes } from '../scale/settle.ts';
import { IMAGE } from './bench-engine.ts';
import { flagsFor, HTTP_ARGS } from './contained-target.ts';
import { onEachEngine } from './containers-benchmark.ts';

/** So many `run` commands at a time. */
const AT_ONCE = 2;
const IDLE_MS = 60_000;
const BACK_WITHIN_MS = 180_000;
const RETRY_MS = 100;
/** One listing each 30 s, and one more where the minute begins with one. */
const MOST_LISTINGS = 3;
const NOTE = 'a restart of the engine: SIGTERM, and started again when it has ended; Docker stops its containers, those of Podman live on';

/** Fifty workloads (`--workloads`), half of them stdio and half of them HTTP servers, when their engine is restarted; what they cost it when nothing happens. */
export const engineRestartBenchmark: Benchmark = {
  name: 'engine',
  summary: 'many workloads at a restart of their engine, and what an idle minute costs it',
  run: (context) => onEachEngine(context, 'engine', [NOTE], measure),
};

async function measure(context: BenchContext, engine: PrivateEngine): Promise<Findings> {
  const proxy = await startFaultProxy(engine);
  try {
    const holdfast = await startHoldfast(context, context.options.program, { DOCKER_HOST: `unix://${proxy.socket}` });
    try {
      return { rows: await restartUnder(context, engine, proxy, holdfast), notes: [] };
    } finally {
      await holdfast.end();
    }
  } finally {
    await proxy.end();
  }
}

async function restartUnder(
  { progress, options }: BenchContext,
  engine: PrivateEngine,
  proxy: FaultProxy,
  holdfast: PrivateHoldfast,
): Promise<Row[]> {
  const { workloads } = options;
  const benchmark = `${engine.kind}, ${workloads} workloads`;
  progress(`${benchmark}: starting them`);
  const askers = await Promise.all((await startAll(holdfast, workloads)).map(({ url }) => Asker.open(url)));
  const before = await settledBytes(holdfast.pid);

  progress(`${benchmark}: an idle minute`);
  const idleFrom = proxy.requests.length;
  await settle(IDLE_MS);
  const idle = proxy.requests.slice(idleFrom);

  progress(`${benchmark}: restarting the engine`);
  forgetPeak(holdfast.pid);
  const restartFrom = proxy.requests.length;
  const stopsAt = performance.now();
  await engine.restart();
  const backAt = performance.now();
  const times = await Promise.all(askers.map(async (asker) => (await asker.answered(BACK_WITHIN_MS)) - backAt));
  const calls = proxy.requests.length - restartFrom;
  const peak = peakBytes(holdfast.pid);
  for (const asker of askers) await asker.close();
  const failed = askers.reduce((sum, asker) => sum + asker.failed, 0);

  return [
    {
      benchmark,
      what: 'the engine answers again → all workloads answer again',
      measured: `${short(Math.max(...times) / 1_000)} s (the first after ${short(Math.min(...times) / 1_000)} s; the engine was away for ${short((backAt - stopsAt) / 1_000)} s); ${failed} calls failed`,
      promise: null,
      met: null,
      values: { allMs: Math.max(...times), firstMs: Math.min(...times), awayMs: backAt - stopsAt, failed, apiCalls: calls },
    },
    {
      benchmark,
      what: 'memory of the daemon, peak of the restart',
      measured:
        peak === null || before === null ? 'not known on this system' : `${short(peak / 1e6)} MB (${short(before / 1e6)} MB before)`,
      promise: null,
      met: null,
      values: { peakBytes: peak, beforeBytes: before },
    },
    {
      benchmark,
      what: 'calls of the restart to the engine',
      measured: `${calls}, ${short(calls / workloads)} a workload`,
      promise: null,
      met: null,
      values: { calls },
    },
    idleRow(benchmark, idle),
  ];
}

function idleRow(benchmark: string, idle: readonly SeenRequest[]): Row {
  const listings = idle.filter(({ method, path }) => method === 'GET' && /\/containers\/json/.test(path)).length;
  const others = idle
    .filter(({ path }) => !/\/containers\/json/.test(path))
    .map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`);
  return {
    benchmark,
    what: 'calls to the engine in an idle minute, beside the open event stream',
    measured: `${idle.length} (${listings} listings${others.length > 0 ? `; ${[...new Set(others)].join(', ')}` : ''})`,
    promise: 'listings only',
    met: others.length === 0 && listings <= MOST_LISTINGS,
    values: { calls: idle.length, listings },
  };
}

async function startAll(holdfast: PrivateHoldfast, count: number): Promise<ListedContainer[]> {
  const names = Array.from({ length: count }, (_, index) => `many-${index + 1}`);
  const listed: ListedContainer[] = [];
  const lane = async (): Promise<void> => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const transport = names.length % 2 === 0 ? 'stdio' : 'http';
      listed.push(await holdfast.container(name, IMAGE, flagsFor(transport), transport === 'http' ? HTTP_ARGS : []));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return listed;
}

/** A session of one workload on which one call is made until it is answered. */
class Asker {
  failed = 0;
  readonly #pool: Pool;
  readonly #path: string;
  readonly #session: string;

  private constructor(pool: Pool, path: string, session: string) {
    this.#pool = pool;
    this.#path = path;
    this.#session = session;
  }

  static async open(url: string): Promise<Asker> {
    const { origin, pathname: path } = new URL(url);
    const pool = new Pool(origin, { connections: 1 });
    const opened = await pool.request({ path, method: 'POST', headers: HEADERS, body: INITIALIZE });
    await opened.body.dump();
    const session = opened.headers['mcp-session-id'];
    if (typeof session !== 'string') throw new Error(`no session: HTTP ${opened.statusCode}`);
    const asker = new Asker(pool, path, session);
    await asker.#post(INITIALIZED);
    await asker.#post(CALL);
    return asker;
  }

  /** Asks until it is answered. @returns when it was, as `performance.now()` says it */
  async answered(withinMs: number): Promise<number> {
    const deadline = performance.now() + withinMs;
    while (!(await this.#post(CALL)).includes('"result"')) {
      this.failed += 1;
      if (performance.now() > deadline) throw new Error(`${this.#path} is not answered within ${withinMs} ms`);
      await settle(RETRY_MS);
    }
    return performance.now();
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #post(body: string): Promise<string> {
    const headers = { ...HEADERS, 'mcp-session-id': this.#session, 'mcp-protocol-version': '2025-06-18' };
    return (await this.#pool.request({ path: this.#path, method: 'POST', headers, body })).body.text();
  }
}

const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
