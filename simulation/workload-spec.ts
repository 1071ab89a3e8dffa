import { defaultRestartPolicy } from '../src/core/workload/policy.ts';
import type { WorkloadSpec } from '../src/core/workload/spec.ts';

/** A valid spec with the defaults of the product; the differences are given. */
export function workloadSpec(differences: Partial<WorkloadSpec> = {}): WorkloadSpec {
  return {
    schema: 1,
    id: 'id-1',
    name: 'memory',
    desired: 'running',
    source: 'cmd://server',
    args: [],
    runtime: 'process',
    transport: 'stdio',
    proxyMode: 'streamable-http',
    launch: { file: '/bin/server', args: [], cwd: '/', env: {}, path: '/mcp' },
    secretEnv: [],
    userEnv: [],
    sessions: 'shared',
    maxSessions: 10,
    restart: { ...defaultRestartPolicy, delaysMs: [...defaultRestartPolicy.delaysMs], jitter: 0 },
    holdMs: 30_000,
    readyTimeoutMs: 60_000,
    requestTimeoutMs: 600_000,
    sessionTtlMs: 7_200_000,
    stopTimeoutMs: 10_000,
    repeat: true,
    errorLogLines: 10,
    group: 'default',
    labels: {},
    allowedOrigins: [],
    createdAt: 0,
    ...differences,
  };
}
