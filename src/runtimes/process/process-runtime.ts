import { setMaxListeners } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { LogReader } from '../../core/ports/log-reader.ts';
import type { Backend, ObservedExit, Runtime, StartOrder } from '../../core/ports/runtime.ts';
import { readBootId } from '../../platform/boot-id.ts';
import { createProcessKiller } from '../../platform/process-tree/process-killer.ts';
import { createProcessTable } from '../../platform/process-tree/system-processes.ts';
import { adoptHttp, unitOf } from './adoption.ts';
import { MARKER_VARIABLE, parseMarker } from './backend-marker.ts';
import { createBackendPorts } from './backend-port.ts';
import { exitFromStatusText } from './exit-status.ts';
import type { LaunchSite } from './launch-site.ts';
import { defaultLogLimits, type LogLimits } from './log/log-files.ts';
import { createServerLogReader } from './log/server-log-reader.ts';
import { createServerLogs } from './log/server-logs.ts';
import { checkProgram, checkWorkingDirectory } from './program-lookup.ts';
import { runFolder } from './run-folder.ts';
import { createStartGate } from './start-gate.ts';
import { startHttp } from './start-http.ts';
import { startStdio } from './start-stdio.ts';
import { sweepStrangers, sweepWorkload } from './sweep.ts';

export interface ProcessRuntimeOptions {
  /** UUID of the state folder: only processes that carry it are ours. */
  readonly instance: string;
  /**
   * Absolute, private folder. Kept in it: `logs/<workload>.log` with `.1`, `.2` and `.index` (what servers wrote), `logs/<workload>/` (the same for
   * the processes of single sessions), and `run/<workload>/<generation>/` (how a later Holdfast finds an HTTP server again).
   */
  readonly stateDir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Takes known secrets out of a text before it leaves this runtime. */
  readonly redact?: (text: string) => string;
  /** Umask that servers get, e.g. the one that Holdfast was started with before it made its own private; as this process where absent. */
  readonly umask?: number | undefined;
  /** 10 MB in each of three files where absent. */
  readonly logLimits?: LogLimits;
}

export interface ProcessRuntime extends Runtime {
  readonly kind: 'process';
  /** What the servers wrote. */
  readonly logs: LogReader;
  /**
   * How a generation ended while no Holdfast ran, null when nobody wrote it down (stdio servers: never). Ask before `sweep`, which forgets it.
   */
  recordedExit(workload: string, generation: number): Promise<ObservedExit | null>;
  /** Ends what runs for workloads of this instance other than these. Before any other is started. @returns how many processes were found */
  sweepStrangers(known: ReadonlySet<string>): Promise<number>;
  /**
   * Lets go of everything without ending a server: HTTP servers run on and can be adopted, stdio servers read the end of their stdin when this
   * process ends.
   */
  close(): void;
}

/** How many starts may be under way at a time. */
const STARTS_AT_ONCE = 2;

/** Runs servers as processes of this machine, without any engine. */
export function createProcessRuntime(options: ProcessRuntimeOptions): ProcessRuntime {
  const { instance, clock, log } = options;
  const redact = options.redact ?? ((text: string) => text);
  const table = createProcessTable();
  const killer = createProcessKiller(table, MARKER_VARIABLE);
  const gate = createStartGate(STARTS_AT_ONCE);
  const ports = createBackendPorts();
  const logs = createServerLogs(join(options.stateDir, 'logs'), options.logLimits ?? defaultLogLimits, clock, log);
  const runRoot = join(options.stateDir, 'run');
  const letGo = new AbortController();
  // Every adopted server listens to it; that is no leak.
  setMaxListeners(0, letGo.signal);

  let boot: Promise<string> | null = null;
  function bootId(): Promise<string> {
    boot ??= readBootId().catch((error: unknown) => {
      // Asked again the next time.
      boot = null;
      throw error;
    });
    return boot;
  }

  function site(workload: string, unit: string | null): LaunchSite {
    return {
      table,
      killer,
      bootId,
      ports,
      clock,
      log: log.child({ workload }),
      redact,
      serverLog: logs.of(workload, unit),
      umask: options.umask ?? null,
      runRoot,
      letGo: letGo.signal,
      turn: () => gate.turn(),
    };
  }

  async function start({ spec, generation, unit, signal }: StartOrder): Promise<Backend> {
    const { cwd, file, env } = spec.launch;
    const program = checkProgram(file, cwd, env['PATH'] ?? '');
    // Of two errors the folder's is the one to tell.
    program.catch(() => {});
    await checkWorkingDirectory(cwd);
    await program;
    const marker = { instance, workload: spec.name, generation, unit };
    const backend = await (spec.transport === 'stdio' ? startStdio : startHttp)(spec, marker, site(spec.name, unit));
    if (unit !== null) void backend.exited.then(() => pruneLogs(spec.name));
    if (!signal.aborted) return backend;
    await backend.stop(0);
    throw new HoldfastError('HF_CANCELLED', { what: `The start of ${spec.name} was cancelled` });
  }

  async function pruneLogs(workload: string): Promise<void> {
    await logs.prune(workload).catch((error: unknown) => log.warn('old logs could not be deleted', { workload, error: String(error) }));
  }

  return {
    kind: 'process',
    // The pipes of a stdio server die with Holdfast, and the server reads the end of its stdin.
    capabilities: { stdioReattach: false },
    logs: createServerLogReader(logs, redact, () => clock.now()),
    start: (order) => gate.enter(order.signal, () => start(order)),
    async adopt(spec, incarnation, generation) {
      if (spec.transport === 'stdio' || incarnation.runtime !== 'process') return null;
      const unit = await unitOf(incarnation.pid, { table });
      const folder = runFolder(runRoot, spec.name, generation, unit);
      return adoptHttp(spec, incarnation, { instance, workload: spec.name, generation, unit }, folder, site(spec.name, unit));
    },
    async recordedExit(workload, generation) {
      const status = runFolder(runRoot, workload, generation, null).status();
      return status === null ? null : exitFromStatusText(status);
    },
    sweepStrangers: (known) =>
      sweepStrangers({ bootId, killer, runRoot, log }, known, (text) => {
        const marker = parseMarker(text);
        return marker?.instance === instance && !known.has(marker.workload);
      }),
    sweep: (workload, keep) =>
      sweepWorkload(
        { bootId, killer, runRoot, log: log.child({ workload: workload.name }) },
        workload.name,
        (text) => {
          const marker = parseMarker(text);
          return marker?.instance === instance && marker.workload === workload.name && !keep?.has(marker.generation);
        },
        keep,
      ),
    async forget(spec) {
      await Promise.all([logs.forget(spec.name), rm(join(runRoot, spec.name), { recursive: true, force: true })]);
    },
    close() {
      letGo.abort();
      logs.close();
    },
  };
}
