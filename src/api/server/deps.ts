import type { ClientImports } from '../../core/ports/client-imports.ts';
import type { Clients } from '../../core/ports/clients.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { EngineSurvey } from '../../core/ports/engine-survey.ts';
import type { EventLog } from '../../core/ports/event-log.ts';
import type { Log } from '../../core/ports/log.ts';
import type { LogReader } from '../../core/ports/log-reader.ts';
import type { Secrets } from '../../core/ports/secrets.ts';
import type { SourceResolver } from '../../core/ports/source-resolver.ts';
import type { Workloads } from '../../core/ports/workloads.ts';
import type { WorkloadDefaults } from '../../usecases/workload-defaults.ts';

/** What the API can say about the daemon itself. */
export interface DaemonFacts {
  /** ms since the epoch. */
  readonly startedAt: number;
  readonly home: string;
  /** Path of the daemon's log. */
  readonly logFile: string;
  /** State files that were damaged, by their new names. */
  readonly setAside: readonly { readonly file: string; readonly why: string }[];
  /** Where the gateway listens now; `problem` says why it does not. */
  gateway(): { readonly url: string | null; readonly port: number | null; readonly problem: string | null };
}

/** Everything the control API needs; `compose` passes it. */
export interface ApiDeps {
  readonly workloads: Workloads;
  readonly resolver: SourceResolver;
  readonly secrets: Secrets;
  /** Absent where this build knows no engines. */
  readonly engines?: EngineSurvey | undefined;
  readonly clients: Clients;
  readonly imports: ClientImports;
  readonly events: EventLog;
  /** What servers wrote. */
  readonly serverLogs: LogReader;
  /** What the daemon wrote about a workload. */
  readonly daemonLogs: LogReader;
  /** What a workload gets that was not told otherwise. */
  readonly defaults: WorkloadDefaults;
  readonly clock: Clock;
  readonly log: Log;
  /** A new UUID. */
  readonly newId: () => string;
  readonly daemon: DaemonFacts;
  /** Ends the daemon, soon. `keepServers`: servers that can live without it are left for the next daemon to adopt. */
  readonly shutdown: (options: { readonly keepServers: boolean }) => void;
}
