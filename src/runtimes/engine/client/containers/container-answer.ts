import * as z from 'zod';
import type { ContainerMount, ContainerState, ContainerStatus, ContainerSummary, PublishedPort } from './container-state.ts';
import { upAtMost } from './up-time.ts';

const labelsSchema = z.record(z.string(), z.string()).nullish();

export const summarySchema = z.object({
  Id: z.string(),
  Names: z.array(z.string()).nullish(),
  State: z.string(),
  Status: z.string().nullish(),
  Labels: labelsSchema,
});

const mountSchema = z.object({
  Type: z.string().nullish(),
  Name: z.string().nullish(),
  Source: z.string().nullish(),
  Destination: z.string(),
  RW: z.boolean().nullish(),
});

const bindingsSchema = z.array(z.object({ HostIp: z.string().nullish(), HostPort: z.string().nullish() })).nullish();

export const inspectSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  Image: z.string(),
  State: z.object({
    Status: z.string(),
    Running: z.boolean().nullish(),
    Paused: z.boolean().nullish(),
    OOMKilled: z.boolean().nullish(),
    Pid: z.number().nullish(),
    ExitCode: z.number().nullish(),
    Error: z.string().nullish(),
    StartedAt: z.string().nullish(),
    FinishedAt: z.string().nullish(),
    Health: z.object({ Status: z.string().nullish() }).nullish(),
  }),
  Config: z.object({ Labels: labelsSchema, Tty: z.boolean().nullish(), OpenStdin: z.boolean().nullish() }),
  HostConfig: z.object({ Memory: z.number().nullish() }).nullish(),
  Mounts: z.array(mountSchema).nullish(),
  NetworkSettings: z
    .object({
      Ports: z.record(z.string(), bindingsSchema).nullish(),
      Networks: z.record(z.string(), z.object({ IPAddress: z.string().nullish() }).nullish()).nullish(),
    })
    .nullish(),
});

type Inspected = z.infer<typeof inspectSchema>;

/** @param askedAt when the engine was asked for the listing, ms since the epoch: it may take seconds to answer */
export function containerSummary(summary: z.infer<typeof summarySchema>, askedAt: number): ContainerSummary {
  const upAtMostMs = upAtMost(summary.Status ?? '');
  return {
    id: summary.Id,
    names: (summary.Names ?? []).map(withoutSlash),
    status: containerStatus(summary.State),
    notStartedBefore: upAtMostMs === null ? null : askedAt - upAtMostMs,
    labels: summary.Labels ?? {},
  };
}

export function containerState(inspected: Inspected): ContainerState {
  const { State: state, Config: config, HostConfig: host, NetworkSettings: network } = inspected;
  const status = containerStatus(state.Status);
  const startedAt = time(state.StartedAt);
  const stopping = state.Status === 'stopping';
  // Of one that is being stopped Podman says that it does not run, with an exit code of 0.
  const running = stopping || (state.Running ?? status === 'running');
  return {
    id: inspected.Id,
    name: withoutSlash(inspected.Name),
    status,
    uncleaned: state.Status === 'stopped',
    running,
    stopping,
    paused: state.Paused ?? status === 'paused',
    pid: running && state.Pid ? state.Pid : null,
    exitCode: exitCode(running, startedAt, state.ExitCode ?? null),
    oomKilled: state.OOMKilled ?? false,
    error: state.Error ?? '',
    startedAt,
    finishedAt: running ? null : time(state.FinishedAt),
    health: health(state.Health?.Status),
    labels: config.Labels ?? {},
    imageId: inspected.Image.startsWith('sha256:') ? inspected.Image : `sha256:${inspected.Image}`,
    tty: config.Tty ?? false,
    openStdin: config.OpenStdin ?? false,
    mounts: (inspected.Mounts ?? []).map(containerMount),
    memoryLimit: host?.Memory ? host.Memory : null,
    ports: Object.entries(network?.Ports ?? {}).flatMap(([port, bindings]) => publishedPorts(port, bindings)),
    networks: Object.entries(network?.Networks ?? {}).map(([name, known]) => ({
      name,
      ipAddress: known?.IPAddress ? known.IPAddress : null,
    })),
  };
}

/** Podman has more words than Docker. */
function containerStatus(status: string): ContainerStatus {
  switch (status) {
    case 'created':
    case 'configured':
    case 'initialized':
      return 'created';
    case 'running':
    case 'stopping':
      return 'running';
    case 'paused':
    case 'restarting':
    case 'removing':
    case 'dead':
      return status;
    default:
      return 'exited';
  }
}

/** A start that failed leaves a code behind, too. */
function exitCode(running: boolean, startedAt: string | null, code: number | null): number | null {
  if (running) return null;
  return startedAt === null && code === 0 ? null : code;
}

/** Podman says `Health` with an empty status where there is no check. */
function health(status: string | null | undefined): ContainerState['health'] {
  return status === 'starting' || status === 'healthy' || status === 'unhealthy' ? status : null;
}

/** Go's zero time means never. */
function time(text: string | null | undefined): string | null {
  return text === undefined || text === null || text === '' || text.startsWith('0001-') ? null : text;
}

function containerMount(mount: z.infer<typeof mountSchema>): ContainerMount {
  const kind = mount.Type ?? 'bind';
  const source = kind === 'volume' ? (mount.Name ?? mount.Source) : mount.Source;
  return { kind, source: source ?? '', target: mount.Destination, readOnly: mount.RW === false };
}

function publishedPorts(port: string, bindings: z.infer<typeof bindingsSchema>): PublishedPort[] {
  const [number = '', protocol = 'tcp'] = port.split('/');
  if (protocol !== 'tcp' && protocol !== 'udp') return [];
  return (bindings ?? []).flatMap(({ HostIp, HostPort }) =>
    // `0`, or nothing: not published yet.
    Number(HostPort) > 0
      ? [{ containerPort: Number(number), protocol, hostAddress: HostIp || '0.0.0.0', hostPort: Number(HostPort) } as const]
      : [],
  );
}

function withoutSlash(name: string): string {
  return name.replace(/^\//, '');
}
