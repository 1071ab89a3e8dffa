import { setTimeout as pause } from 'node:timers/promises';
import type { MarkedProcess, ProcessEntry, ProcessTable } from './process-table.ts';
import { type TreeQuery, treeMembers } from './tree-members.ts';

export interface KillReport {
  /** Processes that were found alive, over all rounds. */
  readonly found: readonly ProcessEntry[];
  /** Those that still lived when the time was over (stuck in the kernel, or not ours to kill). */
  readonly left: readonly ProcessEntry[];
}

export interface ProcessKiller {
  /**
   * SIGKILLs every member of a tree until a look at the table finds none. Members that are forked meanwhile are found by the next look.
   * @param withinMs bound for all of it; what still lives then is named in the answer
   */
  killTree(query: TreeQuery, withinMs: number): Promise<KillReport>;
}

/** Sends a signal; false when no such process or group is there (any more) or it may not be signalled. */
export function signalProcess(target: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch {
    // ESRCH or EPERM: the answer says so.
    return false;
  }
}

/**
 * Kills by what the table of processes says. Looks that are asked for while one is under way share the next one: fifty workloads that
 * die at once cost two looks and not fifty.
 * @param variable name of the environment variable that marks processes
 */
export function createProcessKiller(table: ProcessTable, variable: string): ProcessKiller {
  let current: Promise<MarkedProcess[]> | null = null;
  let next: Promise<MarkedProcess[]> | null = null;

  function look(): Promise<MarkedProcess[]> {
    if (current === null) {
      current = table.list(variable).finally(() => {
        current = null;
      });
      return current;
    }
    // The look under way may have passed the process by already, so it cannot answer this caller.
    next ??= current.then(
      () => start(),
      () => start(),
    );
    return next;
  }

  function start(): Promise<MarkedProcess[]> {
    next = null;
    return look();
  }

  /** Between the look and the kill the number may have been given to another process. */
  async function killIfSame(entry: ProcessEntry): Promise<void> {
    const now = await table.read(entry.pid);
    if (now !== null && !now.dead && now.startTime === entry.startTime) signalProcess(entry.pid, 'SIGKILL');
  }

  async function stillLive(entries: readonly ProcessEntry[]): Promise<ProcessEntry[]> {
    const live: ProcessEntry[] = [];
    for (const entry of entries) {
      const now = await table.read(entry.pid);
      if (now !== null && !now.dead && now.startTime === entry.startTime) live.push(entry);
    }
    return live;
  }

  return {
    async killTree(query, withinMs) {
      const deadline = performance.now() + withinMs;
      const found = new Map<string, ProcessEntry>();
      for (;;) {
        const members = treeMembers(await look(), query);
        for (const entry of members) found.set(`${entry.pid} ${entry.startTime}`, entry);
        // Something that forks faster than it can be killed must not hold the caller for ever.
        if (members.length === 0 || performance.now() > deadline) return { found: [...found.values()], left: members };
        for (const entry of members) await killIfSame(entry);
        // A SIGKILL takes effect within a millisecond or so, unless the process is stuck in the kernel.
        let live: ProcessEntry[] = members;
        for (let wait = 1; live.length > 0; wait = Math.min(wait * 2, 50)) {
          if (performance.now() > deadline) return { found: [...found.values()], left: live };
          await pause(wait);
          live = await stillLive(live);
        }
      }
    },
  };
}
