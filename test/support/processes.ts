import { readdirSync, readFileSync } from 'node:fs';

/** A process of the system, as far as it can be read. */
export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/** Processes with that text in their environment (Linux: elsewhere nothing is found). Zombies have none. */
export function processesWith(text: string): FoundProcess[] {
  const found: FoundProcess[] = [];
  for (const pid of pids()) {
    const environment = read(pid, 'environ');
    if (environment?.includes(text)) found.push({ pid, command: (read(pid, 'cmdline') ?? '').replaceAll('\0', ' ').trim() });
  }
  return found;
}

/** Whether it runs; a zombie does not. */
export function isAlive(pid: number): boolean {
  const stat = read(pid, 'stat');
  return stat !== undefined && !/^\d+ \(.*\) [ZX]/s.test(stat);
}

/** A signal for all of these. One may have ended by itself, or with another: an init takes with it what it runs. */
export function killEach(which: readonly number[], signal: NodeJS.Signals = 'SIGKILL'): void {
  for (const pid of which) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** Resident memory, bytes. */
export function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(read(pid, 'status') ?? '')?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

function pids(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    // No /proc on this system.
    return [];
  }
}

function read(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // It ended meanwhile, or belongs to somebody else.
    return undefined;
  }
}
