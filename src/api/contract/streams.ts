import * as z from 'zod';
import { errorEnvelopeSchema } from './error-envelope.ts';

/** One step of long work. */
export const progressSchema = z.object({
  progress: z.object({
    step: z.enum(['resolve', 'install', 'pull', 'create', 'start', 'handshake', 'ready', 'stop', 'remove']),
    message: z.string(),
  }),
});

/** Lines of an operation: steps, then exactly one result or error. */
export const operationLineSchema = <T extends z.ZodType>(result: T) => z.union([progressSchema, z.object({ result }), errorEnvelopeSchema]);

export const logLineSchema = z.object({ at: z.string().nullable().describe('ISO 8601 where it is known'), line: z.string() });

export const eventSchema = z.object({
  seq: z.int().describe('Grows by one, without gaps'),
  at: z.string().describe('ISO 8601'),
  type: z.string(),
  workload: z.string().nullable(),
  message: z.string(),
  data: z.record(z.string(), z.unknown()),
});

export type LogLine = z.infer<typeof logLineSchema>;
export type HoldfastEvent = z.infer<typeof eventSchema>;
