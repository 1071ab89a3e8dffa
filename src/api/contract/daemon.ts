import * as z from 'zod';

/** The handshake. Its form never changes, whatever the version of the API. */
export const versionAnswerSchema = z.object({ version: z.string(), api: z.int() });

/** Where clients connect. */
export const gatewaySchema = z.object({
  url: z.string().nullable().describe('Null while it does not listen'),
  port: z.int().nullable(),
  problem: z.string().nullable().describe('Why it does not listen, e.g. who owns the port'),
});

export const daemonStatusSchema = z.object({
  version: z.string(),
  api: z.int(),
  pid: z.int(),
  started_at: z.string(),
  home: z.string(),
  socket: z.string(),
  log: z.string().describe('Path of its log'),
  gateway: gatewaySchema,
  workloads: z.object({ total: z.int(), running: z.int() }),
  set_aside: z
    .array(z.object({ file: z.string(), why: z.string() }))
    .describe('State files that this daemon found damaged, by their new names'),
  memory_bytes: z.int().describe('Resident memory'),
});

export const stopRequestSchema = z.strictObject({
  keep_servers: z.boolean().optional().describe('Leave servers that can live without the daemon, for the next one to adopt'),
});

export type VersionAnswer = z.infer<typeof versionAnswerSchema>;
export type Gateway = z.infer<typeof gatewaySchema>;
export type DaemonStatus = z.infer<typeof daemonStatusSchema>;
