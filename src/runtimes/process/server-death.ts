import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ObservedExit } from '../../core/ports/runtime.ts';
import { fifoSignal } from '../../platform/process-tree/fifo.ts';
import type { ProcessTable } from '../../platform/process-tree/process-table.ts';
import { exitFromStatusText, exitOf, UNKNOWN_EXIT } from './exit-status.ts';
import type { RunFolder } from './run-folder.ts';
import type { StartedChild } from './spawn-child.ts';

/** Between looks at a process that nothing tells of any more: its shell was killed and it closed the FIFO itself. */
const LAST_RESORT_MS = 500;

/** One SIGKILL for a whole group does not reach all of it in the same instant: so much later may the server follow its shell. */
const TOGETHER_MS = 100;

export interface WatchedServer {
  readonly pid: number;
  readonly startTime: string;
  readonly folder: RunFolder;
}

/**
 * Resolves with how a server that an earlier Holdfast started ended. Never rejects.
 * @param letGo this Holdfast goes and the server stays: then it never resolves, because nothing ended
 */
export async function deathOfAdopted(server: WatchedServer, table: ProcessTable, letGo: AbortSignal): Promise<ObservedExit> {
  // A missing FIFO leaves the last resort.
  await fifoSignal(join(server.folder.path, 'alive'), letGo).catch(() => {});
  while (!letGo.aborted && (await isAlive(server, table))) await pause(LAST_RESORT_MS);
  if (letGo.aborted) return new Promise(() => {});
  const status = server.folder.status();
  return status === null ? UNKNOWN_EXIT : exitFromStatusText(status);
}

/** The same for a server whose shell is our own child: its `exit` comes first. */
export async function deathOfOwn(
  server: WatchedServer,
  shell: StartedChild,
  table: ProcessTable,
  letGo: AbortSignal,
): Promise<ObservedExit> {
  const { code, signal: killedBy } = await shell.ended;
  const status = server.folder.status();
  if (status !== null) return exitFromStatusText(status);
  // Killed before it could write: either together with the server, or alone.
  if (await isDeadWithin(server, table, TOGETHER_MS)) return exitOf(code, killedBy);
  return deathOfAdopted(server, table, letGo);
}

async function isDeadWithin(server: WatchedServer, table: ProcessTable, ms: number): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (await isAlive(server, table)) {
    if (performance.now() > deadline) return false;
    await pause(1);
  }
  return true;
}

export async function isAlive(server: { readonly pid: number; readonly startTime: string }, table: ProcessTable): Promise<boolean> {
  const entry = await table.read(server.pid);
  return entry !== null && !entry.dead && entry.startTime === server.startTime;
}
