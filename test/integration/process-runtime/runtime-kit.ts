import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../../src/core/ports/clock.ts';
import type { Log } from '../../../src/core/ports/log.ts';
import type { Backend } from '../../../src/core/ports/runtime.ts';
import { specSchema, type WorkloadSpec } from '../../../src/core/workload/spec.ts';
import { createProcessRuntime, type ProcessRuntimeOptions } from '../../../src/runtimes/process/process-runtime.ts';

export const probe = fileURLToPath(new URL('../../support/servers/probe-server.mjs', import.meta.url));
export const httpProbe = fileURLToPath(new URL('../../support/servers/http-probe.mjs', import.meta.url));

export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

export const quietLog: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => quietLog };

/** A valid specification of a stdio server; `launch` replaces parts of the launch. */
export function specOf(launch: Partial<WorkloadSpec['launch']>, more: Partial<WorkloadSpec> = {}): WorkloadSpec {
  return specSchema.parse({
    schema: 1,
    id: randomUUID(),
    name: 'probe',
    desired: 'running',
    source: 'cmd://node',
    args: [],
    runtime: 'process',
    transport: 'stdio',
    proxyMode: 'streamable-http',
    secretEnv: [],
    userEnv: [],
    sessions: 'shared',
    maxSessions: 10,
    restart: { mode: 'always', stableMs: 0, immediate: { count: null, windowMs: 1_000 }, delaysMs: [0], jitter: 0, attempts: 0 },
    holdMs: 1_000,
    readyTimeoutMs: 10_000,
    requestTimeoutMs: 10_000,
    sessionTtlMs: 10_000,
    stopTimeoutMs: 5_000,
    repeat: true,
    errorLogLines: 10,
    group: 'default',
    labels: {},
    allowedOrigins: [],
    createdAt: 0,
    ...more,
    launch: { file: process.execPath, args: [], cwd: tmpdir(), env: { PATH: process.env['PATH'] ?? '' }, path: '/mcp', ...launch },
  });
}

export interface RuntimeKit {
  readonly instance: string;
  readonly stateDir: string;
  readonly runtime: ReturnType<typeof createProcessRuntime>;
  /** Starts generation after generation of a spec. */
  start(spec: WorkloadSpec, generation?: number, unit?: string | null): Promise<Backend>;
  /** Starts the probe program with these actions. */
  probe(...actions: string[]): Promise<Backend>;
  close(): Promise<void>;
}

export async function makeKit(options: Partial<ProcessRuntimeOptions> = {}): Promise<RuntimeKit> {
  const stateDir = options.stateDir ?? (await mkdtemp(join(tmpdir(), 'holdfast-process-')));
  const instance = options.instance ?? randomUUID();
  const runtime = createProcessRuntime({ instance, stateDir, clock: realClock, log: quietLog, ...options });
  const names = new Map<string, string>();
  let generations = 0;
  const start = (spec: WorkloadSpec, generation?: number, unit: string | null = null): Promise<Backend> => {
    names.set(spec.name, spec.id);
    generations = generation ?? generations + 1;
    return runtime.start({ spec, generation: generations, unit, signal: new AbortController().signal });
  };
  return {
    instance,
    stateDir,
    runtime,
    start,
    probe: (...actions) => start(specOf({ args: [probe, ...actions] })),
    async close() {
      for (const [name, id] of names) await runtime.sweep({ id, name, stopTimeoutMs: 0 }, null);
      // A log that is still looked after may write its index meanwhile.
      await rm(stateDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
    },
  };
}

export function pidOf(backend: Backend): number {
  if (backend.incarnation.runtime !== 'process') throw new TypeError('not a process');
  return backend.incarnation.pid;
}

/** True while a process of that pid lives (a zombie does not). */
export function lives(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/\) [ZX] /.test(stat);
  } catch {
    return false;
  }
}

/** Waits until `check` answers with something, at most `ms`. */
export async function until<T>(
  what: string,
  check: () => T | undefined | false | null | Promise<T | undefined | false | null>,
  ms = 10_000,
): Promise<T> {
  const deadline = performance.now() + ms;
  for (;;) {
    const answer = await check();
    if (answer !== undefined && answer !== false && answer !== null) return answer;
    if (performance.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Everything a stdio backend printed, growing. */
export function collect(backend: Backend): { text: string; ended: boolean; write(text: string): string } {
  if (backend.endpoint.kind !== 'stdio') throw new TypeError('not stdio');
  const { channel } = backend.endpoint;
  const seen = { text: '', ended: false, write: (text: string) => channel.write(Buffer.from(text)) as string };
  channel.listen({
    data: (chunk) => {
      seen.text += Buffer.from(chunk).toString();
    },
    drain() {},
    end: () => {
      seen.ended = true;
    },
  });
  return seen;
}
