import { createHash } from 'node:crypto';
import { HoldfastError } from '../../../core/errors/holdfast-error.ts';
import type { ContainerSpec } from '../../../core/workload/container.ts';
import type { WorkloadSpec } from '../../../core/workload/spec.ts';
import type { ContainerOrder, OrderedPort } from '../client/containers/container-order.ts';
import { LABEL } from './labels.ts';

/** A server in a container has the port range for itself. */
const DEFAULT_PORT = 8_080;
const PORT = /\{port\}/g;

/** What the engine at hand can do, and what things are called at it. */
export interface EngineTraits {
  /** It has an init program. */
  readonly init: boolean;
  /** Cores that it has: it refuses a limit above; null = unknown. */
  readonly cpus: number | null;
  /** What the container is made from: the image's id, or a name of that very image. */
  readonly image: string;
  readonly instance: string;
}

/** Name of the bridge network that the containers of an instance share. */
export function instanceNetwork(instance: string): string {
  return `holdfast-${instance.slice(0, 8)}`;
}

/** Unit of the trial run under isolated sessions. Like a session's its container is removed when it has ended: nothing uses it again. */
export const TRIAL = 'trial';

/** Name of the container of a workload, or of one session of it. */
export function containerName(workload: string, unit: string | null): string {
  // A workload may be called like that with a hyphen.
  if (unit === TRIAL) return `${workload}.${TRIAL}`;
  if (unit !== null) return `${workload}-${unit.slice(0, 8)}`;
  // Docker refuses names of one character.
  return workload.length === 1 ? `holdfast-${workload}` : workload;
}

/** Port in the container that an HTTP server listens on; null for stdio. */
export function serverPort(spec: WorkloadSpec): number | null {
  return spec.transport === 'stdio' ? null : (spec.targetPort ?? DEFAULT_PORT);
}

/** The part of a spec that only containers have. */
export function containerOf(spec: WorkloadSpec): ContainerSpec {
  if (spec.container) return spec.container;
  throw new HoldfastError('HF_BAD_SPEC', { what: `${spec.name} has no container to run in` });
}

/** Exactly what the engine is asked to make. */
export function planContainer(spec: WorkloadSpec, unit: string | null, traits: EngineTraits): ContainerOrder {
  const { instance, image } = traits;
  const container = containerOf(spec);
  const port = serverPort(spec);
  const { launch } = spec;
  const command = launch.args.map((arg) => withPort(arg, port));
  return {
    name: containerName(spec.name, unit),
    image,
    ...(command.length > 0 ? { command } : {}),
    env: environment(spec, port),
    ...(launch.cwd === '' ? {} : { workdir: launch.cwd }),
    ...(container.user === null ? {} : { user: container.user }),
    labels: {
      ...spec.labels,
      [LABEL.instance]: instance,
      [LABEL.workload]: spec.name,
      [LABEL.workloadId]: spec.id,
      ...(unit === null ? {} : { [LABEL.unit]: unit }),
      [LABEL.spec]: specHash(spec, unit),
    },
    stdin: port === null,
    init: traits.init,
    mounts: container.mounts,
    ...(container.readOnly ? { readOnly: true, tmpfs: { '/tmp': 'rw,nosuid,nodev' } } : {}),
    network: container.network === 'default' ? instanceNetwork(instance) : container.network,
    ports: container.network === 'host' ? [] : publishedPorts(container, port),
    limits: { ...container.limits, cpus: Math.min(container.limits.cpus, traits.cpus ?? container.limits.cpus) },
    capDrop: ['ALL'],
    securityOptions: ['no-new-privileges'],
    log: { maxSize: '10m', maxFiles: 3 },
  };
}

/**
 * What decides whether a container that is there is the one that the spec means: a changed spec makes another container, an unchanged one
 * starts the same again. Nothing of the engine goes into it, or an update of that would throw file systems away.
 */
export function specHash(spec: WorkloadSpec, unit: string | null): string {
  const { name, args, launch, labels, transport } = spec;
  const { engine: _engine, ...container } = containerOf(spec);
  const { reference: _reference, digest: _digest, ...image } = container.image;
  const meaning = { name, unit, args, launch, labels, transport, port: serverPort(spec), ...container, image };
  return createHash('sha256').update(JSON.stringify(meaning, inOrder)).digest('hex').slice(0, 32);
}

/** Precedence: files and `-e` (merged in the spec), then transport variables, then secrets. The names are ToolHive's and FastMCP's. */
function environment(spec: WorkloadSpec, port: number | null): Record<string, string> {
  const env: Record<string, string> = {};
  const isSecret = (name: string): boolean => name in spec.launch.env && spec.secretEnv.includes(name) && !spec.userEnv.includes(name);
  // A secret is handed over as it is.
  for (const [name, value] of Object.entries(spec.launch.env)) env[name] = isSecret(name) ? value : withPort(value, port);
  for (const [name, value] of Object.entries(transportVariables(spec.transport, port))) {
    if (!isSecret(name)) env[name] = value;
  }
  return env;
}

function transportVariables(transport: WorkloadSpec['transport'], port: number | null): Record<string, string> {
  if (port === null) return { MCP_TRANSPORT: transport };
  // Of all interfaces: what the engine publishes arrives at the container's own address.
  return { MCP_TRANSPORT: transport, MCP_HOST: '0.0.0.0', MCP_PORT: String(port), FASTMCP_PORT: String(port) };
}

/** `{port}` replaced; untouched where there is no port, since an argument of a stdio server may well look like that. */
function withPort(text: string, port: number | null): string {
  return port === null ? text : text.replace(PORT, String(port));
}

function publishedPorts({ publish, network }: ContainerSpec, port: number | null): OrderedPort[] {
  if (network === 'none' && (port !== null || publish.length > 0)) {
    throw new HoldfastError('HF_BAD_SPEC', {
      what: 'A container without a network cannot be reached over HTTP',
      why: '`--network none` leaves it no address',
      fix: 'Use another network, or a server that speaks stdio.',
    });
  }
  // The engine chooses, anew at every start: two servers never want the same port.
  const own: OrderedPort[] = port === null ? [] : [{ containerPort: port, protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 0 }];
  return [...own, ...publish];
}

/** For `JSON.stringify`: what has the same fields gives the same text, whatever their order. */
function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
