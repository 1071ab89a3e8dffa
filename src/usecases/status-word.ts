import type { Lifecycle, WorkloadStatus } from '../core/workload/status.ts';

/** The words that scripts know (`cli.md`). */
export type StatusWord = 'running' | 'stopped' | 'error' | 'starting' | 'stopping' | 'unhealthy' | 'removing' | 'unknown';

type Observed = Pick<WorkloadStatus, 'lifecycle' | 'health' | 'reason'>;

const WORD: Readonly<Record<Lifecycle, StatusWord>> = {
  starting: 'starting',
  running: 'running',
  restarting: 'starting',
  backoff: 'starting',
  stopping: 'stopping',
  stopped: 'stopped',
  failed: 'error',
};

/** One word for lifecycle, health and reason. A server that is coming back, also one that waits for its next start, is `starting`. */
export function statusWord({ lifecycle, health, reason }: Observed): StatusWord {
  if (reason?.code === 'removing') return 'removing';
  if (lifecycle === 'stopped') return 'stopped';
  if (reason?.code === 'HF_RUNTIME_UNAVAILABLE' || reason?.code === 'runtime-unavailable') return 'unknown';
  // It runs and answers nothing, though that is nobody's fault.
  if (lifecycle === 'running' && reason?.code === 'paused') return 'unhealthy';
  return lifecycle === 'running' && health === 'unhealthy' ? 'unhealthy' : WORD[lifecycle];
}

/** `running`, or `backoff: crash-looping, …`: a few words for messages. */
export function describeState({ lifecycle, reason }: Pick<WorkloadStatus, 'lifecycle' | 'reason'>): string {
  return reason === null ? lifecycle : `${lifecycle}: ${reason.message}`;
}
