import type { HoldfastError } from '../core/errors/holdfast-error.ts';
import { toStatus } from '../core/supervisor/status.ts';
import type { UnitState } from '../core/supervisor/unit.ts';
import type { ExitRecord } from '../core/workload/exit.ts';
import type { WorkloadSpec } from '../core/workload/spec.ts';
import type { WorkloadStatus } from '../core/workload/status.ts';

/** What units of sessions that are over leave to the workload's history. */
export interface Retired {
  readonly restarts: number;
  readonly lastExit: ExitRecord | null;
}

/** The status of a workload: that of its shared unit, or the sum of its sessions' units. */
export function overview(
  spec: WorkloadSpec,
  main: UnitState,
  sessions: readonly UnitState[],
  retired: Retired,
  facts: { readonly generation: number; readonly now: number; readonly trouble: HoldfastError | null },
): WorkloadStatus {
  const own = toStatus(spec.id, main, facts.generation, facts.now);
  const status = spec.sessions === 'isolated' && main.want !== 'gone' ? isolated(spec, own, main, sessions, retired) : own;
  if (!facts.trouble || status.reason) return status;
  return { ...status, reason: { code: facts.trouble.code, message: facts.trouble.message } };
}

function isolated(
  spec: WorkloadSpec,
  own: WorkloadStatus,
  main: UnitState,
  sessions: readonly UnitState[],
  retired: Retired,
): WorkloadStatus {
  const lastExit = newest([retired.lastExit, own.lastExit, ...sessions.map((unit) => unit.lastExit)]);
  const restarts = sessions.reduce((sum, unit) => sum + unit.restarts, retired.restarts + own.restarts);
  const history = { restarts, lastExit: lastExit && { ...lastExit, lastLines: [...lastExit.lastLines] } };
  // The trial run of a new workload, or one that failed: the workload's own unit says how it is.
  if (main.want === 'running' || spec.desired === 'stopped') {
    const busy = spec.desired === 'stopped' && sessions.some((unit) => unit.phase !== 'idle');
    return { ...own, ...history, ...(busy ? { lifecycle: 'stopping' as const } : {}) };
  }
  const troubled = sessions.find((unit) => unit.verdict !== null) ?? sessions.find((unit) => unit.reason !== null);
  return {
    ...own,
    ...history,
    lifecycle: 'running',
    health: troubled ? 'degraded' : 'healthy',
    reason: troubled?.reason ?? null,
  };
}

function newest(exits: readonly (ExitRecord | null)[]): ExitRecord | null {
  return exits.reduce((latest, exit) => (exit && (!latest || exit.endedAt > latest.endedAt) ? exit : latest), null);
}
