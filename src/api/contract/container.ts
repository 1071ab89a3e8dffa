import * as z from 'zod';

const mountSchema = z.strictObject({
  kind: z.enum(['bind', 'volume']),
  source: z.string().min(1).describe("Absolute path of the engine's machine, or name of a volume"),
  target: z.string().startsWith('/').describe('Absolute path in the container'),
  read_only: z.boolean(),
});

const publishedPortSchema = z.strictObject({
  host_address: z.string(),
  host_port: z.int().min(0).max(65_535).describe('0 = any free one'),
  container_port: z.int().min(1).max(65_535),
  protocol: z.enum(['tcp', 'udp']),
});

const limits = {
  memory: z.int().min(0).describe('Bytes; 0 = no limit'),
  cpus: z.number().min(0).describe('Cores, e.g. 1.5; 0 = no limit'),
  pids: z.int().min(0).describe('Processes and threads; 0 = no limit'),
};

/** What `run` and `update` may say about a container. What is absent has its default, or stays. */
export const containerRequestSchema = z.strictObject({
  mounts: z.array(mountSchema).optional().describe('Replace those that there are'),
  network: z.string().min(1).optional().describe('`default`, `none`, `host`, or the name of a network of the engine'),
  publish: z.array(publishedPortSchema).optional().describe('Ports beside the one of the MCP endpoint; replace those that there are'),
  limits: z.strictObject(limits).partial().optional(),
  read_only: z.boolean().optional().describe('The root file system cannot be written to'),
  user: z.string().nullable().optional().describe("`USER[:GROUP]`; null = the image's"),
});

/** The container of a workload: where it is, what it is made of, what it may use. */
export const containerSchema = z.object({
  engine: z.string().describe('Address of the engine that the workload is bound to'),
  id: z.string().nullable().describe('Of the container that runs; null while none does'),
  image: z.object({
    reference: z.string().describe('As the engine is asked for it'),
    id: z.string(),
    digest: z.string().nullable().describe('Of the registry; null for an image that was built or imported'),
  }),
  limits: z.object(limits),
  mounts: z.array(mountSchema),
  network: z.string(),
  publish: z.array(publishedPortSchema),
  read_only: z.boolean(),
  user: z.string().nullable(),
});

export type ContainerRequest = z.infer<typeof containerRequestSchema>;
export type Container = z.infer<typeof containerSchema>;
