import * as z from 'zod';
import { gatewaySchema } from './daemon.ts';
import { workloadSchema } from './workload.ts';

export const workloadResultSchema = z.object({ workload: workloadSchema });

export const runResultSchema = z.object({
  workload: workloadSchema,
  engine_version: z.string().nullable().describe('Of the engine that was chosen; null where none was'),
  gateway: gatewaySchema,
  warnings: z.array(z.string()),
});

export const updateResultSchema = z.object({
  workload: workloadSchema,
  changed: z.array(z.string()).describe('Fields of the spec that differ now'),
  restarted: z.boolean(),
  warnings: z.array(z.string()),
});

export const removeResultSchema = z.object({
  removed: z.string(),
  imported: z
    .object({ client: z.string(), entry: z.string() })
    .nullable()
    .describe('The entry of a client that it was made from, which is not put back by this'),
});

export const waitResultSchema = z.object({ workload: workloadSchema.nullable().describe('Null when it was removed') });

export const listResultSchema = z.object({ workloads: z.array(workloadSchema), gateway: gatewaySchema });

export const acceptedSchema = z.object({ accepted: z.literal(true) });

export type WorkloadResult = z.infer<typeof workloadResultSchema>;
export type RunResult = z.infer<typeof runResultSchema>;
export type UpdateResult = z.infer<typeof updateResultSchema>;
export type RemoveResult = z.infer<typeof removeResultSchema>;
export type WaitResult = z.infer<typeof waitResultSchema>;
export type ListResult = z.infer<typeof listResultSchema>;
