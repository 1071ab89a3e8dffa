import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineAddress } from './engine/api.ts';
import { removeLeftObjects } from './engine/left-objects.ts';
import { killEach, processesWith } from './processes.ts';
import { until } from './until.ts';

/** How long what was told to end may still be seen, ms. */
const END_BOUND_MS = 3_000;

/** Processes of this home that do not go away by themselves. They are killed. */
export async function leftOver(folder: string): Promise<string[]> {
  const instance = instanceOf(folder);
  const marks = [`HOLDFAST_HOME=${folder}`, ...(instance === null ? [] : [`HOLDFAST_BACKEND=${instance}/`])];
  const find = (): ReturnType<typeof processesWith> => marks.flatMap((mark) => processesWith(mark));
  try {
    await until('all processes are gone', () => find().length === 0, END_BOUND_MS);
    return [];
  } catch {
    const left = find();
    killEach(left.map(({ pid }) => pid));
    return left.map(({ pid, command }) => `${pid} ${command}`);
  }
}

/** What an engine has of this home although no workload accounts for it. It is removed, as is the rest. */
export async function leftAt(engine: EngineAddress | null, folder: string): Promise<string[]> {
  const instance = instanceOf(folder);
  if (engine === null || instance === null) return [];
  const workloads = join(folder, 'state', 'workloads');
  return removeLeftObjects(engine, { instance, workloads: existsSync(workloads) ? readdirSync(workloads) : [] });
}

/** Of its state; null where no daemon has run yet. */
export function instanceOf(folder: string): string | null {
  const file = join(folder, 'state', 'instance.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { id: string }).id : null;
}

/** The end of what its daemons wrote. */
export function daemonLog(folder: string): string {
  const file = join(folder, 'state', 'daemon.log');
  return existsSync(file) ? readFileSync(file, 'utf8').slice(-100_000) : '';
}

/** Lines of the daemon's log that no scenario excuses. */
export function defectsIn(log: string): string[] {
  return log.split('\n').filter((line) => /HF_INTERNAL|a defect|Unhandled|Uncaught|TypeError|RangeError|MaxListenersExceeded/.test(line));
}
