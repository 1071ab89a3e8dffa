import * as z from 'zod';
import { containerSchema } from './container.ts';

const time = z.string().nullable().describe('ISO 8601, UTC');

/** How the last incarnation of a server ended. */
export const lastExitSchema = z.object({
  summary: z.string().describe('A few words: `exit 1`, `SIGKILL`, `out of memory (limit 64 MiB)`, `removed by somebody else`'),
  cause: z.string(),
  generation: z.int(),
  exit_code: z.int().nullable(),
  signal: z.string().nullable(),
  oom: z.boolean(),
  memory_limit: z.int().nullable().describe('Bytes that it hit; only where it was killed for memory'),
  by_other: z.boolean().describe('Somebody else had the engine end it'),
  started_at: time,
  ready_at: time,
  ended_at: time,
  last_lines: z.array(z.string()).describe('The end of its log'),
});

/** One workload in a list. The first fourteen names are those that users of `thv` know. */
export const workloadSchema = z.object({
  name: z.string(),
  package: z.string().describe('The source, with the resolved version where there is one'),
  url: z.string().describe('Where clients connect; empty while the gateway does not listen'),
  port: z.int().describe('0 while the gateway does not listen'),
  transport_type: z.enum(['stdio', 'sse', 'streamable-http']).describe('How the server speaks'),
  proxy_mode: z.enum(['streamable-http', 'sse']).describe('How clients are served'),
  status: z.enum(['running', 'stopped', 'error', 'starting', 'stopping', 'unhealthy', 'removing', 'unknown']),
  status_context: z.string().describe('A sentence about the status, or empty'),
  created_at: z.string(),
  started_at: time,
  labels: z.record(z.string(), z.string()),
  group: z.string(),
  tools: z.array(z.string()).describe('Filter of tools; empty = all'),
  remote: z.boolean(),
  runtime: z.enum(['process', 'docker', 'podman', 'remote']),
  sessions: z.enum(['shared', 'isolated']),
  desired: z.enum(['running', 'stopped']),
  lifecycle: z.enum(['starting', 'running', 'restarting', 'backoff', 'stopping', 'stopped', 'failed']),
  health: z.enum(['unknown', 'healthy', 'degraded', 'unhealthy']),
  reason: z.object({ code: z.string(), message: z.string() }).nullable(),
  generation: z.int().describe('Grows with every incarnation of the server'),
  restarts: z.int(),
  next_start_at: time,
  last_exit: lastExitSchema.nullable(),
  pid: z.int().nullable().describe('Of a process; null for a container'),
  container: containerSchema.nullable().describe('Null where the server is no container'),
});

/** Everything about one workload; values of secrets are masked. */
export const inspectionSchema = workloadSchema.extend({
  spec: z.record(z.string(), z.unknown()).describe('What was asked for'),
  observed: z.record(z.string(), z.unknown()).describe('What was seen'),
});

export type LastExit = z.infer<typeof lastExitSchema>;
export type Workload = z.infer<typeof workloadSchema>;
export type Inspection = z.infer<typeof inspectionSchema>;
