import type { Log } from '../../core/ports/log.ts';
import type { ProcessKiller } from '../../platform/process-tree/process-killer.ts';
import { KILL_WITHIN_MS } from './backend-tree.ts';
import { runFolders } from './run-folder.ts';

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
  { bootId: bootIdOf, killer, runRoot, log }: Broom,
  workload: string,
  obsolete: (marker: string) => boolean,
  keep: ReadonlySet<number> | null,
): Promise<number> {
  const folders = (await runFolders(runRoot, workload)).filter(({ generation }) => !keep?.has(generation));
  const bootId = await bootIdOf();
  const sessions = new Map<number, string>();
  for (const { folder } of folders) {
    const record = await folder.read();
    // The numbers of another boot mean nothing in this one.
    if (record !== null && record.bootId === bootId) sessions.set(record.leader.pid, record.leader.startTime);
  }
  const { found, left } = await killer.killTree({ ours: obsolete, sessions, self: process.pid }, KILL_WITHIN_MS);
  if (left.length > 0) log.warn('processes could not be killed', { workload, pids: left.map((entry) => entry.pid) });
  await Promise.all(folders.map(({ folder }) => folder.remove()));
  return found.length;
}
