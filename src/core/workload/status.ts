import * as z from 'zod';
import { exitCauses } from './exit.ts';

const exitSchema = z.object({
  generation: z.number().int(),
  cause: z.enum(exitCauses),
  exitCode: z.number().int().nullable(),
  signal: z.string().nullable(),
  oom: z.boolean(),
  memoryLimit: z.number().optional(),
  byOther: z.boolean().optional(),
  livesOn: z.boolean().optional(),
  startedAt: z.number(),
  readyAt: z.number().nullable(),
  endedAt: z.number(),
  lastLines: z.array(z.string()),
});

const incarnationSchema = z.union([
  z.object({ runtime: z.literal('process'), bootId: z.string(), pid: z.number().int(), startTime: z.string() }),
  z.object({ runtime: z.enum(['docker', 'podman']), containerId: z.string(), startedAt: z.string() }),
  z.object({ runtime: z.literal('remote'), url: z.string() }),
]);

/**
 * What was observed of one workload. Three fields and not one enum: where it is in its life, how it feels, and why.
 * Only the supervisor that owns the spec's id writes it.
 */
export const statusSchema = z.object({
  schema: z.literal(1),
  specId: z.string(),
  lifecycle: z.enum(['starting', 'running', 'restarting', 'backoff', 'stopping', 'stopped', 'failed']),
  health: z.enum(['unknown', 'healthy', 'degraded', 'unhealthy']),
  /** Stable word plus a sentence, e.g. `crash-looping`, `removed-outside`, `attempts-exhausted`, an error code. */
  reason: z.object({ code: z.string(), message: z.string() }).nullable(),
  /** The last generation that was begun; grows with every incarnation, never repeats. */
  generation: z.number().int().min(0),
  /** The incarnation that lives as far as we know. */
  backend: z
    .object({
      incarnation: incarnationSchema,
      generation: z.number().int(),
      /** Base URL of an HTTP server of this incarnation. */
      url: z.string().nullable(),
      startedAt: z.number(),
      readyAt: z.number().nullable(),
      /** JSON of what a stdio server answered to `initialize`: a server that lives on must not be asked twice. */
      handshake: z.string().nullable().default(null),
    })
    .nullable(),
  /** True once any generation was ready: before that, `run` makes one attempt only. */
  everReady: z.boolean(),
  /** The restart policy's memory. Times are wall clock, ms since the epoch. */
  ladder: z.object({
    /** Consecutive restarts without a stable run. */
    attempts: z.number().int().min(0),
    /** Next index into `delaysMs`. */
    step: z.number().int().min(0),
    /** When the immediate restarts of the window happened. */
    immediates: z.array(z.number()),
    nextStartAt: z.number().nullable(),
  }),
  restarts: z.number().int().min(0),
  lastExit: exitSchema.nullable(),
  /** Boot of the machine in which `failed` was reached: a new boot resets it once. */
  failedBoot: z.string().nullable(),
  updatedAt: z.number(),
});

export type WorkloadStatus = z.infer<typeof statusSchema>;
export type Lifecycle = WorkloadStatus['lifecycle'];
export type BackendRecord = NonNullable<WorkloadStatus['backend']>;
