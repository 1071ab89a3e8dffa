import { defaultRestartPolicy } from '../core/workload/policy.ts';
import type { WorkloadSpec } from '../core/workload/spec.ts';

/** The part of a spec that has defaults. */
export type WorkloadDefaults = Pick<
  WorkloadSpec,
  | 'sessions'
  | 'maxSessions'
  | 'restart'
  | 'holdMs'
  | 'readyTimeoutMs'
  | 'requestTimeoutMs'
  | 'sessionTtlMs'
  | 'stopTimeoutMs'
  | 'repeat'
  | 'errorLogLines'
  | 'group'
  | 'labels'
  | 'allowedOrigins'
>;

/** What a workload gets that was not told otherwise (`cli.md`, `runtimes.md`, `sessions.md`). */
export const workloadDefaults: WorkloadDefaults = {
  sessions: 'shared',
  maxSessions: 20,
  restart: { ...defaultRestartPolicy, delaysMs: [...defaultRestartPolicy.delaysMs] },
  holdMs: 30_000,
  readyTimeoutMs: 60_000,
  requestTimeoutMs: 600_000,
  sessionTtlMs: 7_200_000,
  // Shorter than the 30 s that a person grants with `stop`: a restart makes clients wait for it.
  stopTimeoutMs: 10_000,
  repeat: true,
  errorLogLines: 10,
  group: 'default',
  labels: {},
  allowedOrigins: [],
};
