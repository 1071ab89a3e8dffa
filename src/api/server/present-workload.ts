import type { WorkloadView } from '../../core/ports/workloads.ts';
import { describeExit } from '../../core/workload/exit.ts';
import type { WorkloadSpec } from '../../core/workload/spec.ts';
import type { WorkloadStatus } from '../../core/workload/status.ts';
import { statusWord } from '../../usecases/status-word.ts';
import type { Inspection, LastExit, Workload } from '../contract/workload.ts';
import { presentContainer } from './present-container.ts';

/** ms since the epoch as ISO 8601. */
export const isoTime = (ms: number): string => new Date(ms).toISOString();

const isoOrNull = (ms: number | null | undefined): string | null => (ms === null || ms === undefined ? null : isoTime(ms));

/** A workload as the API shows it. */
export function presentWorkload({ spec, status, url, port }: WorkloadView): Workload {
  return {
    name: spec.name,
    package: packageOf(spec),
    url: url ?? '',
    port: port ?? 0,
    transport_type: spec.transport,
    proxy_mode: spec.proxyMode,
    status: statusWord(status),
    status_context: status.reason?.message ?? '',
    created_at: isoTime(spec.createdAt),
    started_at: isoOrNull(status.backend?.startedAt),
    labels: { ...spec.labels },
    group: spec.group,
    tools: [],
    remote: spec.runtime === 'remote',
    runtime: spec.runtime,
    sessions: spec.sessions,
    desired: spec.desired,
    lifecycle: status.lifecycle,
    health: status.health,
    reason: status.reason,
    // After a restart of the daemon the counter is ahead of the incarnation that lived on.
    generation: status.backend?.generation ?? status.generation,
    restarts: status.restarts,
    next_start_at: status.lifecycle === 'backoff' ? isoOrNull(status.ladder.nextStartAt) : null,
    last_exit: status.lastExit === null ? null : presentExit(status.lastExit),
    pid: pidOf(status),
    container: presentContainer(spec, status),
  };
}

/** Everything about a workload, as `inspect` shows it. The view's secrets are masked already. */
export function presentInspection(view: WorkloadView): Inspection {
  return { ...presentWorkload(view), spec: { ...view.spec }, observed: { ...view.status } };
}

function presentExit(exit: NonNullable<WorkloadStatus['lastExit']>): LastExit {
  return {
    summary: summaryOf(exit),
    cause: exit.cause,
    generation: exit.generation,
    exit_code: exit.exitCode,
    signal: exit.signal,
    oom: exit.oom,
    memory_limit: exit.memoryLimit ?? null,
    by_other: exit.byOther ?? false,
    started_at: isoTime(exit.startedAt),
    ready_at: isoOrNull(exit.readyAt),
    ended_at: isoTime(exit.endedAt),
    last_lines: [...exit.lastLines],
  };
}

/** `SIGKILL, ended by somebody else`; what somebody else's removal or an engine did says so itself. */
function summaryOf(exit: NonNullable<WorkloadStatus['lastExit']>): string {
  const byOther = exit.byOther === true && (exit.cause === 'exited' || exit.cause === 'signalled');
  return byOther ? `${describeExit(exit)}, ended by somebody else` : describeExit(exit);
}

/** The source as typed, or with the version that it was resolved to. */
function packageOf(spec: WorkloadSpec): string {
  const { package: installed } = spec.launch;
  return installed === undefined ? spec.source : `${installed.manager}://${installed.name}@${installed.version}`;
}

function pidOf({ backend }: WorkloadStatus): number | null {
  return backend?.incarnation.runtime === 'process' ? backend.incarnation.pid : null;
}
