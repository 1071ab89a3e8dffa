import * as z from 'zod';

const engine = z.object({ kind: z.enum(['docker', 'podman']), version: z.string(), api_version: z.string() });

export const engineCheckRequestSchema = z.strictObject({
  caller: z.strictObject({ env: z.record(z.string(), z.string()) }).describe('Of the process that asks: it may name an engine'),
  timeout_ms: z.int().min(1).max(600_000).optional(),
});

/** What was tried to find a container engine, in order of preference. */
export const engineCheckSchema = z.object({
  candidates: z.array(
    z.object({
      strategy: z.string().describe('How it was looked for, e.g. `DOCKER_HOST`'),
      address: z.string().nullable(),
      outcome: z.enum(['answers', 'absent', 'refused', 'no-permission', 'too-old', 'wrong-kind', 'unsupported']),
      detail: z.string().describe('Why, and what to do; empty where it answers'),
      engine: engine.nullable(),
      chosen: z.boolean().describe('Where images run'),
    }),
  ),
});

export type EngineCheck = z.infer<typeof engineCheckSchema>;
