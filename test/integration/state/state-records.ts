import { randomUUID } from 'node:crypto';
import type { SessionRecord } from '../../../src/core/session/record.ts';
import { defaultRestartPolicy } from '../../../src/core/workload/policy.ts';
import type { WorkloadSpec } from '../../../src/core/workload/spec.ts';
import type { WorkloadStatus } from '../../../src/core/workload/status.ts';

export function aSpec(name: string, changes: Partial<WorkloadSpec> = {}): WorkloadSpec {
  return {
    schema: 1,
    id: randomUUID(),
    name,
    desired: 'running',
    source: 'cmd://node',
    args: ['server.mjs'],
    runtime: 'process',
    transport: 'stdio',
    proxyMode: 'streamable-http',
    launch: { file: '/usr/bin/node', args: ['server.mjs'], cwd: '/', env: { TOKEN: 'very-secret' }, path: '/mcp' },
    secretEnv: ['TOKEN'],
    userEnv: [],
    sessions: 'shared',
    maxSessions: 20,
    restart: { ...defaultRestartPolicy, delaysMs: [...defaultRestartPolicy.delaysMs] },
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
    createdAt: 1_700_000_000_000,
    ...changes,
  };
}

export function aStatus(spec: WorkloadSpec, changes: Partial<WorkloadStatus> = {}): WorkloadStatus {
  return {
    schema: 1,
    specId: spec.id,
    lifecycle: 'running',
    health: 'healthy',
    reason: null,
    generation: 1,
    backend: null,
    everReady: true,
    ladder: { attempts: 0, step: 0, immediates: [], nextStartAt: null },
    restarts: 0,
    lastExit: null,
    failedBoot: null,
    updatedAt: 1_700_000_000_000,
    ...changes,
  };
}

export function aRecord(workloadId: string, id: string, changes: Partial<SessionRecord> = {}): SessionRecord {
  return {
    schema: 1,
    workloadId,
    id,
    initializeParams: '{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"editor","version":"1.0.0"}}',
    protocolVersion: '2025-06-18',
    initialized: true,
    backend: null,
    logLevel: null,
    subscriptions: [],
    clientKey: null,
    primed: [],
    createdAt: Date.now(),
    lastSeenAt: Date.now(),
    ...changes,
  };
}
