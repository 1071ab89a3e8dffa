import * as z from 'zod';
import { changeSchema } from './clients.ts';

export const importRequestSchema = z.strictObject({
  names: z.array(z.string()).optional().describe('As in the file; absent or empty = all that can be'),
  values: z.record(z.string(), z.string()).optional().describe('For variables that stand in entries'),
  dry_run: z.boolean().optional().describe('Only say what would happen'),
  caller: z.strictObject({ cwd: z.string(), env: z.record(z.string(), z.string()) }).describe('As for `run`'),
});

export const importResultSchema = z.object({
  entries: z.array(
    z.object({
      name: z.string().describe('As in the file'),
      file: z.string(),
      state: z.enum(['imported', 'importable', 'skipped', 'failed']),
      why: z.string().nullable().describe('Why it was skipped or failed'),
      workload: z.string().nullable(),
      package: z.string().nullable().describe('What the workload is run from'),
      secrets: z.array(z.object({ name: z.string(), target: z.string() })).describe('Where the values of its variables are'),
    }),
  ),
  changes: z.array(changeSchema),
  warnings: z.array(z.string()),
});

export type ImportRequest = z.infer<typeof importRequestSchema>;
export type ImportAnswer = z.infer<typeof importResultSchema>;
