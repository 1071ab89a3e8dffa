import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../core/ports/log.ts';
import type { ProcessKiller } from '../../platform/process-tree/process-killer.ts';
import { KILL_WITHIN_MS } from './backend-tree.ts';
import { type RunFolder, runFolders } from './run-folder.ts';

export interface Broom {
  readonly bootId: () => Promise<string>;
  readonly killer: ProcessKiller;
  readonly runRoot: string;
  readonly log: Log;
}

/**
 * Kills what is left of obsolete generations: every process that carries such a marker, and the sessions that the run folders of these
 * generations name. Their run folders go too.
 * @param obsolete says so of a marker
 * @param keep generations whose run folders stay
 * @returns how many processes were found
 */
export async function sweepWorkload(
  broom: Broom,
  workload: string,
  obsolete: (marker: string) => boolean,
  keep: ReadonlySet<number> | null,
): Promise<number> {
  const found = await runFolders(broom.runRoot, workload);
  const folders = found.filter(({ generation }) => !keep?.has(generation)).map(({ folder }) => folder);
  return sweepFolders(broom, folders, obsolete);
}

/**
 * The same for workloads that nobody knows: their state was damaged, or deleted by hand. Nobody else would ever end their servers.
 * @param strange says so of a marker
 */
export async function sweepStrangers(broom: Broom, known: ReadonlySet<string>, strange: (marker: string) => boolean): Promise<number> {
  // No folder: there never was an HTTP server.
  const names = (await readdir(broom.runRoot).catch(() => [])).filter((name) => !known.has(name));
  const folders = (await Promise.all(names.map((name) => runFolders(broom.runRoot, name)))).flat();
  const found = await sweepFolders(
    broom,
    folders.map(({ folder }) => folder),
    strange,
  );
  await Promise.all(names.map((name) => rm(join(broom.runRoot, name), { recursive: true, force: true })));
  return found;
}

async function sweepFolders(
  { bootId: bootIdOf, killer, log }: Broom,
  folders: readonly RunFolder[],
  obsolete: (marker: string) => boolean,
): Promise<number> {
  const bootId = await bootIdOf();
  const sessions = new Map<number, string>();
  for (const folder of folders) {
    const record = await folder.read();
    // The numbers of another boot mean nothing in this one.
    if (record !== null && record.bootId === bootId) sessions.set(record.leader.pid, record.leader.startTime);
  }
  const { found, left } = await killer.killTree({ ours: obsolete, sessions, self: process.pid }, KILL_WITHIN_MS);
  if (left.length > 0) log.warn('processes could not be killed', { pids: left.map((entry) => entry.pid) });
  await Promise.all(folders.map((folder) => folder.remove()));
  return found.length;
}
