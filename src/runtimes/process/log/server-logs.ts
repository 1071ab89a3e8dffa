import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../../core/ports/clock.ts';
import type { Log } from '../../../core/ports/log.ts';
import type { LogLimits } from './log-files.ts';
import { createServerLog, type ServerLog } from './server-log.ts';

/** The logs of all workloads, one object each for as long as Holdfast runs. */
export interface ServerLogs {
  /** `<folder>/<workload>.log`, or `<folder>/<workload>/<hash of unit>.log` for the process of one session. */
  of(workload: string, unit: string | null): ServerLog;
  /** Logs of single sessions that are on disk, the one that was written to longest ago first. */
  units(workload: string): Promise<ServerLog[]>;
  /** Deletes all but the newest logs of single sessions: sessions come and go for as long as the workload lives. */
  prune(workload: string): Promise<void>;
  /** Deletes everything that is kept for a workload. */
  forget(workload: string): Promise<void>;
  /** Looks after none of them any longer. */
  close(): void;
}

/** How many logs of ended sessions are kept. */
const UNITS_KEPT = 20;

export function createServerLogs(folder: string, limits: LogLimits, clock: Clock, log: Log): ServerLogs {
  const open = new Map<string, ServerLog>();

  function at(path: string): ServerLog {
    const known = open.get(path) ?? createServerLog(path, limits, clock, log);
    open.set(path, known);
    return known;
  }

  async function forgetPath(path: string): Promise<void> {
    const one = at(path);
    open.delete(path);
    await one.remove();
  }

  /** Paths of the logs of single sessions, oldest first. */
  async function unitPaths(workload: string): Promise<string[]> {
    const parent = join(folder, workload);
    // No folder: all its sessions share one process.
    const names = (await readdir(parent).catch(() => [])).filter((name) => name.endsWith('.log'));
    const dated = await Promise.all(
      names.map(async (name) => ({ path: join(parent, name), at: (await stat(join(parent, name))).mtimeMs })),
    );
    return dated.toSorted((a, b) => a.at - b.at).map(({ path }) => path);
  }

  return {
    of: (workload, unit) => at(unit === null ? join(folder, `${workload}.log`) : join(folder, workload, `${unitSlug(unit)}.log`)),
    units: async (workload) => (await unitPaths(workload)).map(at),
    async prune(workload) {
      const paths = (await unitPaths(workload)).filter((path) => !open.get(path)?.held());
      await Promise.all(paths.slice(0, -UNITS_KEPT).map(forgetPath));
    },
    async forget(workload) {
      await Promise.all([forgetPath(join(folder, `${workload}.log`)), ...(await unitPaths(workload)).map(forgetPath)]);
      await rm(join(folder, workload), { recursive: true, force: true });
    },
    close() {
      for (const one of open.values()) one.close();
    },
  };
}

/** A name for files: a session id is somebody else's text and may be long. */
export function unitSlug(unit: string): string {
  return createHash('sha256').update(unit).digest('hex').slice(0, 16);
}
