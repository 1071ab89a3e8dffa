import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { ProcessKiller } from '../../platform/process-tree/process-killer.ts';
import type { ProcessTable } from '../../platform/process-tree/process-table.ts';
import type { BackendPorts } from './backend-port.ts';
import type { ServerLog } from './log/server-log.ts';

/** What a start, or an adoption, of one generation has at hand. */
export interface LaunchSite {
  readonly table: ProcessTable;
  readonly killer: ProcessKiller;
  /** Of the machine's current boot. */
  bootId(): Promise<string>;
  readonly ports: BackendPorts;
  readonly clock: Clock;
  readonly log: Log;
  readonly redact: (text: string) => string;
  readonly serverLog: ServerLog;
  /** File mode bits that files of servers do not get; null = as this process. */
  readonly umask: number | null;
  /** Folder of all run folders. */
  readonly runRoot: string;
  /** Aborts when this Holdfast lets go of its servers without ending them. */
  readonly letGo: AbortSignal;
  /** Resolves in a turn of the event loop in which nothing else is spawned. */
  turn(): Promise<void>;
}
