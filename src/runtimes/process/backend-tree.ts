import { type ProcessKiller, signalProcess } from '../../platform/process-tree/process-killer.ts';
import type { ProcessEntry, ProcessTable } from '../../platform/process-tree/process-table.ts';

/** Tells a process from a later one with the same pid. */
export type ProcessIdentity = Pick<ProcessEntry, 'pid' | 'startTime'>;

/** How long a tree may take to vanish after SIGKILL before it is given up (a process stuck in the kernel). */
export const KILL_WITHIN_MS = 2_000;

/** Everything that one generation started, wherever it moved to. */
export interface BackendTree {
  /** SIGTERM to the group that the generation was started in, and to its server where that moved to a group of its own: once to each. */
  terminate(): Promise<void>;
  /** SIGKILL to that group, at once. */
  killGroup(): void;
  /** SIGKILLs whatever is left of the tree, also what left the group. Resolves with what could not be killed within 2 s. */
  clear(): Promise<readonly ProcessEntry[]>;
}

/**
 * @param server the server's own process
 * @param leader the process that leads the group and session of the generation (a shell, for HTTP servers)
 * @param marker the exact marker of the generation
 */
export function createBackendTree(
  { table, killer }: { readonly table: ProcessTable; readonly killer: ProcessKiller },
  server: ProcessIdentity,
  leader: ProcessIdentity,
  marker: string,
): BackendTree {
  return {
    async terminate() {
      const entry = await table.read(server.pid);
      signalProcess(-leader.pid, 'SIGTERM');
      // Twice to one process would be one too many: many servers take the second for "at once".
      if (entry !== null && entry.startTime === server.startTime && entry.group !== leader.pid) signalProcess(server.pid, 'SIGTERM');
    },
    killGroup() {
      signalProcess(-leader.pid, 'SIGKILL');
    },
    async clear() {
      const query = { ours: (other: string) => other === marker, sessions: new Map([[leader.pid, leader.startTime]]), self: process.pid };
      return (await killer.killTree(query, KILL_WITHIN_MS)).left;
    },
  };
}
