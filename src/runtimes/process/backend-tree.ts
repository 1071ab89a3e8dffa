import { type ProcessKiller, signalProcess } from '../../platform/process-tree/process-killer.ts';
import type { ProcessEntry } from '../../platform/process-tree/process-table.ts';

/** How long a tree may take to vanish after SIGKILL before it is given up (a process stuck in the kernel). */
export const KILL_WITHIN_MS = 2_000;

/** Everything that one generation started, wherever it moved to. */
export interface BackendTree {
  /** Signals the group that the generation was started in. False when it is empty. */
  signalGroup(signal: NodeJS.Signals): boolean;
  /** SIGKILLs whatever is left of the tree, also what left the group. Resolves with what could not be killed within 2 s. */
  clear(): Promise<readonly ProcessEntry[]>;
}

/**
 * @param leader the process that leads the group and session of the generation (a shell, for HTTP servers)
 * @param marker the exact marker of the generation
 */
export function createBackendTree(
  killer: ProcessKiller,
  leader: { readonly pid: number; readonly startTime: string },
  marker: string,
): BackendTree {
  return {
    signalGroup: (signal) => signalProcess(-leader.pid, signal),
    async clear() {
      const query = { ours: (other: string) => other === marker, sessions: new Map([[leader.pid, leader.startTime]]), self: process.pid };
      return (await killer.killTree(query, KILL_WITHIN_MS)).left;
    },
  };
}
