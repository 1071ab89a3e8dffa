import * as z from 'zod';

const mountSchema = z.object({
  /** `bind`: an absolute path of the engine's machine; `volume`: the name of a volume of the engine. */
  kind: z.enum(['bind', 'volume']),
  source: z.string().min(1),
  /** Absolute path in the container. */
  target: z.string().startsWith('/'),
  readOnly: z.boolean(),
});

const publishedPortSchema = z.object({
  hostAddress: z.string(),
  /** 0 = any free one. */
  hostPort: z.number().int().min(0).max(65_535),
  containerPort: z.number().int().min(1).max(65_535),
  protocol: z.enum(['tcp', 'udp']),
});

/** What a container may use and reach. Everything here is settable; the defaults are `containerDefaults`. */
const limitsSchema = z.object({
  /** Bytes, with swap; 0 = no limit. */
  memory: z.number().int().min(0),
  /** Cores, e.g. 1.5; 0 = no limit. */
  cpus: z.number().min(0),
  /** Processes and threads; 0 = no limit. */
  pids: z.number().int().min(0),
});

/** The part of a spec that the user decides for a server in a container. */
export const containerOptionsSchema = z.object({
  mounts: z.array(mountSchema),
  /** `default`: the network of this Holdfast, where containers do not reach one another; `none`, `host`, or the name of a network. */
  network: z.string().min(1),
  /** Ports beside the one of the MCP endpoint. */
  publish: z.array(publishedPortSchema),
  limits: limitsSchema,
  /** The root file system cannot be written to. */
  readOnly: z.boolean(),
  /** `USER[:GROUP]`; null = the image's. */
  user: z.string().nullable(),
});

/** A server in a container: what the user decided, the engine it is bound to for good, and the image that it was resolved to. */
export const containerSchema = containerOptionsSchema.extend({
  engine: z.object({
    /** `unix:///run/docker.sock` or `tcp://host:port`. */
    address: z.string().min(1),
    /** Files with the CA, the certificate and the key where the address needs TLS. */
    tls: z.object({ ca: z.string().nullable(), cert: z.string().nullable(), key: z.string().nullable() }).nullable(),
    /** What the engine calls itself, where it keeps that for good; null = it does not say. */
    id: z.string().nullable(),
  }),
  image: z.object({
    /** As the engine is asked for it, e.g. `docker.io/library/node:20`. */
    reference: z.string().min(1),
    /** Of the image that `run` found or pulled, e.g. `sha256:…`. */
    id: z.string().min(1),
    /** Of the registry; null for an image that was built or imported. */
    digest: z.string().nullable(),
  }),
});

export type ContainerOptions = z.infer<typeof containerOptionsSchema>;
export type ContainerSpec = z.infer<typeof containerSchema>;

/** A Node or Python server lives with this; a runaway does not take the machine with it. */
export const containerDefaults: ContainerOptions = {
  mounts: [],
  network: 'default',
  publish: [],
  limits: { memory: 1_073_741_824, cpus: 2, pids: 512 },
  readOnly: false,
  user: null,
};
