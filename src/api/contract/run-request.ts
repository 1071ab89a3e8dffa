import * as z from 'zod';
import { refreshModes } from '../../core/clients/registration.ts';
import { containerRequestSchema } from './container.ts';

const ms = z.number().int().min(0);

/** What `run` and `update` have in common. Durations in milliseconds. */
const options = {
  args: z.array(z.string()).optional().describe('Arguments of the server; `{port}` stands for its free port'),
  env: z.record(z.string(), z.string()).optional().describe('Variables, already merged; `update` adds them to what is there'),
  secrets: z
    .array(z.strictObject({ name: z.string(), target: z.string().describe('Name of the variable') }))
    .optional()
    .describe('Variables that get the value of a secret at each start; `update` adds them to what is there'),
  workdir: z.string().optional().describe('Absolute path; of a server in a container: in it'),
  transport: z.enum(['stdio', 'sse', 'streamable-http']).optional(),
  proxy_mode: z.enum(['streamable-http', 'sse']).optional(),
  proxy_port: z.number().int().min(0).max(65_535).optional(),
  target_port: z.number().int().min(1).max(65_535).optional(),
  target_path: z.string().optional(),
  host: z.string().optional(),
  endpoint_prefix: z.string().optional(),
  runtime: z.enum(['process', 'docker', 'podman', 'remote']).optional(),
  container: containerRequestSchema.optional().describe('For a server in a container'),
  group: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  restart: z
    .strictObject({
      mode: z.enum(['always', 'unless-stopped', 'on-failure', 'never']).optional(),
      stable_ms: ms.optional(),
      immediate: z.strictObject({ count: z.number().int().min(0).nullable(), window_ms: z.number().int().min(1) }).optional(),
      delays_ms: z.array(ms).min(1).max(50).optional(),
      jitter: z.number().min(0).max(1).optional(),
      attempts: z.number().int().min(0).optional(),
    })
    .optional(),
  hold_ms: ms.optional(),
  ready_timeout_ms: ms.optional(),
  request_timeout_ms: ms.optional(),
  session_ttl_ms: ms.optional(),
  stop_timeout_ms: ms.optional(),
  sessions: z.enum(['shared', 'isolated']).optional(),
  max_sessions: z.number().int().min(1).optional(),
  repeat: z.boolean().optional(),
  error_log_lines: z.number().int().min(0).optional(),
  client_refresh: z.enum(refreshModes).optional().describe('When a crash touches the entries of AI clients'),
  allowed_origins: z.array(z.string()).optional(),
};

export const workloadOptionsSchema = z.strictObject(options);

export const runRequestSchema = z.strictObject({
  source: z.string().min(1).describe('`IMAGE`, `cmd://PROGRAM`, `npx://PACKAGE`, `uvx://PACKAGE`'),
  name: z.string().optional(),
  replace: z.boolean().optional().describe('Remove a workload of that name first'),
  caller: z
    .strictObject({ cwd: z.string(), env: z.record(z.string(), z.string()) })
    .describe(
      'Of the process that asks: relative paths are resolved by it, and the allowed variables are captured (for a process), or say where the engine is',
    ),
  ...options,
});

export type WorkloadOptionsRequest = z.infer<typeof workloadOptionsSchema>;
export type RunRequest = z.infer<typeof runRequestSchema>;
