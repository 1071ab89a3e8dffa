import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import type { Incarnation } from '../../../src/core/workload/incarnation.ts';
import type { WorkloadSpec } from '../../../src/core/workload/spec.ts';
import { until } from './runtime-kit.ts';

/** A process with a runtime of its own that starts one backend and is then killed: what is left is for somebody else to adopt. */
export interface DoomedOwner {
  readonly pid: number;
  readonly incarnation: Incarnation;
  readonly url: string | null;
  /** SIGKILLs the owner and waits until it is dead. */
  kill(): Promise<void>;
}

export interface OwnerProgram {
  start(order: { instance: string; stateDir: string; spec: WorkloadSpec; generation: number }): Promise<DoomedOwner>;
  remove(): Promise<void>;
}

const PROGRAM = `
import { createProcessRuntime } from './process-runtime.mjs';
const order = JSON.parse(process.argv[2]);
const log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
const clock = { now: () => Date.now(), monotonic: () => performance.now(), after: (ms, call) => { const t = setTimeout(call, ms); return () => clearTimeout(t); } };
const runtime = createProcessRuntime({ instance: order.instance, stateDir: order.stateDir, clock, log });
const backend = await runtime.start({ spec: order.spec, generation: order.generation, unit: null, signal: new AbortController().signal });
console.log(JSON.stringify({ incarnation: backend.incarnation, url: backend.endpoint.url ?? null }));
setInterval(() => {}, 60000);
`;

/** Bundles the runtime once, because Node itself does not run TypeScript. */
export async function makeOwnerProgram(): Promise<OwnerProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-owner-'));
  const input = fileURLToPath(new URL('../../../src/runtimes/process/process-runtime.ts', import.meta.url));
  const bundle = await rolldown({ input, platform: 'node' });
  await bundle.write({ file: join(folder, 'process-runtime.mjs') });
  await bundle.close();
  await writeFile(join(folder, 'owner.mjs'), PROGRAM);
  return {
    async start(order) {
      const child = spawn(process.execPath, [join(folder, 'owner.mjs'), JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'inherit'] });
      const said = JSON.parse(await firstLine(child)) as { incarnation: Incarnation; url: string | null };
      return {
        pid: child.pid ?? 0,
        ...said,
        async kill() {
          child.kill('SIGKILL');
          await until('the owner is dead', () => child.signalCode !== null);
        },
      };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) resolve(text);
    });
    child.once('exit', () => reject(new Error(`the owner ended before it said anything: ${text}`)));
  });
}
