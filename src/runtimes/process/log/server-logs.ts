import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../../core/ports/clock.ts';
import type { Log } from '../../../core/ports/log.ts';
import type { LogLimits } from './log-files.ts';
import { createServerLog, type ServerLog } from './server-log.ts';

/** The logs of all workloads, one object each for as long as Holdfast runs. */
export interface ServerLogs {
  /** `<folder>/<workload>.log`, or `<folder>/<workload>/<hash of unit>.log` for the process of one session. */
  of(workload: string, unit: string | null): ServerLog;
  /** Deletes everything that is kept for a workload. */
  forget(workload: string): Promise<void>;
}

export function createServerLogs(folder: string, limits: LogLimits, clock: Clock, log: Log): ServerLogs {
  const logs = new Map<string, Map<string | null, ServerLog>>();
  return {
    of(workload, unit) {
      const units = logs.get(workload) ?? new Map<string | null, ServerLog>();
      logs.set(workload, units);
      const known = units.get(unit);
      if (known !== undefined) return known;
      const path = unit === null ? join(folder, `${workload}.log`) : join(folder, workload, `${unitSlug(unit)}.log`);
      const made = createServerLog(path, limits, clock, log);
      units.set(unit, made);
      return made;
    },
    async forget(workload) {
      const units = logs.get(workload) ?? new Map<string | null, ServerLog>();
      logs.delete(workload);
      await Promise.all([...units.values()].map((one) => one.remove()));
      await createServerLog(join(folder, `${workload}.log`), limits, clock, log).remove();
      await rm(join(folder, workload), { recursive: true, force: true });
    },
  };
}

/** A name for files: a session id is somebody else's text and may be long. */
export function unitSlug(unit: string): string {
  return createHash('sha256').update(unit).digest('hex').slice(0, 16);
}
