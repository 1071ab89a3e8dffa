import { join } from 'node:path';
import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Backend, Runtime, StartOrder } from '../../core/ports/runtime.ts';
import { createProcessKiller } from '../../platform/process-tree/process-killer.ts';
import { createProcessTable } from '../../platform/process-tree/system-processes.ts';
import { MARKER_VARIABLE, parseMarker } from './backend-marker.ts';
import { KILL_WITHIN_MS } from './backend-tree.ts';
import { defaultLogLimits, type LogLimits } from './log/log-files.ts';
import { createServerLogs } from './log/server-logs.ts';
import { checkProgram, checkWorkingDirectory } from './program-lookup.ts';
import { createStartGate } from './start-gate.ts';
import { startStdio } from './start-stdio.ts';

export interface ProcessRuntimeOptions {
  /** UUID of the state folder: only processes that carry it are ours. */
  readonly instance: string;
  /** Absolute, private folder. Kept in it: `logs/` (what servers wrote) and `run/` (how a later Holdfast finds HTTP servers again). */
  readonly stateDir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Takes known secrets out of a text before it leaves this runtime. */
  readonly redact?: (text: string) => string;
  readonly logLimits?: LogLimits;
}

/** How many starts may be under way at a time. */
const STARTS_AT_ONCE = 2;

/** Runs servers as processes of this machine, without any engine. */
export function createProcessRuntime(options: ProcessRuntimeOptions): Runtime {
  const { instance, clock, log } = options;
  const redact = options.redact ?? ((text: string) => text);
  const table = createProcessTable();
  const killer = createProcessKiller(table, MARKER_VARIABLE);
  const gate = createStartGate(STARTS_AT_ONCE);
  const logs = createServerLogs(join(options.stateDir, 'logs'), options.logLimits ?? defaultLogLimits, clock, log);

  async function start(order: StartOrder): Promise<Backend> {
    const { spec, generation, unit, signal } = order;
    const { cwd, file, env } = spec.launch;
    await checkWorkingDirectory(cwd);
    await checkProgram(file, cwd, env['PATH'] ?? '');
    const marker = { instance, workload: spec.name, generation, unit };
    const site = {
      table,
      killer,
      clock,
      log: log.child({ workload: spec.name }),
      redact,
      serverLog: logs.of(spec.name, unit),
      turn: () => gate.turn(),
    };
    const backend = await startStdio(spec, marker, site);
    if (!signal.aborted) return backend;
    await backend.stop(0);
    throw new HoldfastError('HF_CANCELLED', { what: `The start of ${spec.name} was cancelled` });
  }

  return {
    kind: 'process',
    // The pipes of a stdio server die with Holdfast, and the server reads the end of its stdin.
    capabilities: { stdioReattach: false },
    start: (order) => gate.enter(order.signal, () => start(order)),
    adopt: async () => null,
    async sweep(workload, keep) {
      const ours = (text: string): boolean => {
        const marker = parseMarker(text);
        if (marker === null || marker.instance !== instance || marker.workload !== workload.name) return false;
        return !keep?.has(marker.generation);
      };
      const { found, left } = await killer.killTree({ ours, sessions: new Map(), self: process.pid }, KILL_WITHIN_MS);
      if (left.length > 0) log.warn('processes could not be killed', { workload: workload.name, pids: left.map((entry) => entry.pid) });
      return found.length;
    },
    forget: (spec) => logs.forget(spec.name),
  };
}
