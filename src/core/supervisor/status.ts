import type { WorkloadSpec } from '../workload/spec.ts';
import type { Lifecycle, WorkloadStatus } from '../workload/status.ts';
import { remainingDelay } from './backoff.ts';
import type { Context } from './event.ts';
import { isUnconfirmed, REMOVED_OUTSIDE, STOPPED_OUTSIDE } from './outside.ts';
import { emptyLadder, mayLive, newUnit, type UnitState } from './unit.ts';

/** What is shown and stored of a unit. `generation` is the workload's counter, which the units of isolated sessions share. */
export function toStatus(specId: string, state: UnitState, generation: number, updatedAt: number): WorkloadStatus {
  return {
    schema: 1,
    specId,
    lifecycle: lifecycleOf(state),
    health: state.condition.kind === 'fine' ? state.health : 'degraded',
    reason: reasonOf(state),
    generation,
    // What may be taken over is not forgotten before somebody could look at it.
    backend: state.backend ?? state.adoptable,
    everReady: state.everReady,
    ladder: state.ladder,
    restarts: state.restarts,
    lastExit: state.lastExit && { ...state.lastExit, lastLines: [...state.lastExit.lastLines] },
    failedBoot: state.failedBoot,
    updatedAt,
  };
}

function reasonOf({ stuck, condition, reason }: UnitState): WorkloadStatus['reason'] {
  if (stuck) return { code: stuck.code, message: stuck.message };
  if (condition.kind === 'paused') return { code: 'paused', message: 'its container is paused; it goes on when it is resumed' };
  if (condition.kind === 'unreachable') return { code: 'runtime-unavailable', message: condition.why };
  return reason;
}

function lifecycleOf(state: UnitState): Lifecycle {
  if (state.want === 'stopped' && isStopped(state)) return 'stopped';
  if (state.want !== 'running') return 'stopping';
  if (state.verdict && !mayLive(state)) return state.verdict.kind === 'failed' ? 'failed' : 'stopped';
  if (state.phase === 'ready') return 'running';
  if (state.phase === 'idle' && state.dueAt !== null) return 'backoff';
  return state.restarting || state.phase === 'stopping' || state.phase === 'cancelling' ? 'restarting' : 'starting';
}

/** What an earlier daemon saw stopped is so until something else is seen: its engine may be away for long. */
function isStopped({ phase, swept, stoppedBefore }: UnitState): boolean {
  return (phase === 'idle' && swept) || (stoppedBefore && (phase === 'idle' || phase === 'sweeping'));
}

/** Reason code of a workload that was ended by a stop of the daemon: the next daemon starts it again. */
export const DAEMON_STOPPED = 'daemon-stopped';

/** Codes under which a workload rests although its desired state is `running`. */
const RESTING: ReadonlySet<string> = new Set(['finished', REMOVED_OUTSIDE, STOPPED_OUTSIDE]);

/**
 * A unit as a new daemon takes it up: parked until its turn comes, with the restart policy's memory, nothing believed to live but what
 * may be adopted. `failed` stays, until the machine has booted anew.
 */
export function fromStatus(
  spec: WorkloadSpec,
  status: WorkloadStatus | null,
  context: Pick<Context, 'now' | 'monotonic' | 'bootId'>,
): UnitState {
  const want = spec.desired;
  // A status that cannot be read was one of a workload that ran: its restart policy goes on.
  if (!status) return { ...newUnit(want, true), parked: true, swept: false };
  const base: UnitState = {
    ...newUnit(want, status.everReady),
    parked: true,
    swept: false,
    generation: status.generation,
    restarts: status.restarts,
    lastExit: status.lastExit,
  };
  if (want !== 'running') return { ...base, stoppedBefore: status.lifecycle === 'stopped' };
  if (status.lifecycle === 'failed' && status.failedBoot === context.bootId) {
    const reason = status.reason ?? { code: 'failed', message: 'failed before Holdfast was restarted' };
    return { ...base, verdict: { kind: 'failed', reason }, reason, failedBoot: status.failedBoot, ladder: status.ladder };
  }
  if (status.lifecycle === 'failed') return { ...base, ladder: emptyLadder };
  if (status.lifecycle === 'stopped' && status.reason && RESTING.has(status.reason.code) && !mayHaveBeenEngine(status)) {
    return { ...base, verdict: { kind: 'finished', reason: status.reason }, reason: status.reason };
  }
  const delay = remainingDelay(spec.restart, status.ladder, context.now);
  return {
    ...base,
    ladder: { ...status.ladder, nextStartAt: delay > 0 ? context.now + delay : null },
    dueAt: delay > 0 ? context.monotonic + delay : null,
    reason: status.reason?.code === 'crash-looping' ? status.reason : null,
    restarting: 'order',
    // A stdio server that was being initialized when the last daemon died cannot be asked a second time.
    adoptable: spec.transport === 'stdio' && status.backend?.readyAt === null ? null : status.backend,
  };
}

/** Stopped by the shutdown of the engine; or so shortly before the last news of it that it may have been that, or the machine's. */
function mayHaveBeenEngine({ reason, lastExit, updatedAt }: WorkloadStatus): boolean {
  return reason?.code === STOPPED_OUTSIDE && (lastExit?.cause === 'engine' || isUnconfirmed(lastExit, updatedAt));
}

/** First generation number of a daemon that cannot know how far the one before it came: its last writes may be missing. */
export function resumeGeneration(spec: WorkloadSpec, status: WorkloadStatus | null, now: number): number {
  const lost = 16;
  // Without a status: one generation for each second since `run`, which is more than any restart policy makes.
  return status ? status.generation + lost : Math.max(0, Math.floor((now - spec.createdAt) / 1_000)) + lost;
}
