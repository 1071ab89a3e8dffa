import * as z from 'zod';
import { refreshModes } from '../clients/registration.ts';
import { containerSchema } from './container.ts';
import { secretReferenceSchema } from './secret-reference.ts';

/**
 * What the user wants: one workload. Written once by `run`, changed by `update`, `start` and `stop`.
 * Everything that a restart needs is in it, resolved: a restart never looks at the network or at the caller's environment again.
 */
export const specSchema = z.object({
  schema: z.literal(1),
  /** UUID. A second `run` under the same name is another workload with another id; nobody writes state for an id that was replaced. */
  id: z.string().min(1),
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/),
  desired: z.enum(['running', 'stopped']),
  /** As typed: `cmd://node`, `npx://@scope/name@1.2.3`, … */
  source: z.string().min(1),
  /** Arguments after `--`. `{port}` stands for the free port. */
  args: z.array(z.string()),
  runtime: z.enum(['process', 'docker', 'podman', 'remote']),
  transport: z.enum(['stdio', 'sse', 'streamable-http']),
  proxyMode: z.enum(['streamable-http', 'sse']),
  /** A port of its own for this workload, beside the gateway's; 0 = any free one, remembered here once bound. */
  proxyPort: z.number().int().min(0).max(65_535).optional(),
  /** Port that an HTTP server listens on, where it cannot be told one; absent = a free one each generation (in a container: 8080). */
  targetPort: z.number().int().min(1).max(65_535).optional(),
  launch: z.object({
    /** Absolute path of the program; empty in a container, where the image says what is run. */
    file: z.string(),
    args: z.array(z.string()),
    /** Absolute; empty in a container = the image's. */
    cwd: z.string(),
    /** The whole environment of the server: captured (processes), env files, -e, transport variables. */
    env: z.record(z.string(), z.string()),
    /** Path of the endpoint at the server, for HTTP transports. */
    path: z.string(),
    /** What `npx://` or `uvx://` was resolved to. */
    package: z
      .object({
        manager: z.enum(['npx', 'uvx']),
        name: z.string(),
        version: z.string(),
        integrity: z.string().nullable(),
        folder: z.string(),
      })
      .optional(),
  }),
  /** Present exactly where the runtime is an engine. */
  container: containerSchema.optional(),
  /** Names in `launch.env` whose values are credentials: masked wherever they could show. */
  secretEnv: z.array(z.string()),
  /** Variables whose values are looked up at each start: the spec holds the names of the secrets only. */
  secrets: z.array(secretReferenceSchema).optional(),
  /** The entry of an AI client's file that the workload was made from. */
  imported: z.object({ client: z.string(), entry: z.string() }).optional(),
  /** Names that the user gave with -e or --env-file (shown by `inspect`). */
  userEnv: z.array(z.string()),
  sessions: z.enum(['shared', 'isolated']),
  /** Upper bound of processes under `isolated`. */
  maxSessions: z.number().int().min(1).max(1_000),
  restart: z.object({
    mode: z.enum(['always', 'unless-stopped', 'on-failure', 'never']),
    stableMs: z.number().int().min(0),
    immediate: z.object({ count: z.number().int().min(0).nullable(), windowMs: z.number().int().min(1) }),
    delaysMs: z.array(z.number().int().min(0)).min(1).max(50),
    jitter: z.number().min(0).max(1),
    attempts: z.number().int().min(0),
  }),
  /** Hold limit, ms from a request's arrival. */
  holdMs: z.number().int().min(0).max(600_000),
  readyTimeoutMs: z.number().int().min(1).max(3_600_000),
  requestTimeoutMs: z.number().int().min(1).max(3_600_000),
  /** Idle time after which a session's memory and backend session are freed. */
  sessionTtlMs: z.number().int().min(1_000),
  stopTimeoutMs: z.number().int().min(0).max(600_000),
  /** Whether safe requests that were lost are repeated. */
  repeat: z.boolean(),
  errorLogLines: z.number().int().min(0).max(100),
  /** When a crash touches the entries of AI clients; absent = `auto`. */
  clientRefresh: z.enum(refreshModes).optional(),
  group: z.string(),
  labels: z.record(z.string(), z.string()),
  allowedOrigins: z.array(z.string()),
  /** ms since the epoch. */
  createdAt: z.number(),
});

export type WorkloadSpec = z.infer<typeof specSchema>;
export type Transport = WorkloadSpec['transport'];
export type RuntimeKind = WorkloadSpec['runtime'];
