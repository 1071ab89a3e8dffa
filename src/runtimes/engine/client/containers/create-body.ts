import type { ContainerOrder, OrderedPort } from './container-order.ts';

/** The body of `POST /containers/create` (Docker API 1.40 and later, Podman 4). */
export function createBody(order: ContainerOrder): Record<string, unknown> {
  const { limits } = order;
  return {
    Image: order.image,
    ...(order.command === undefined ? {} : { Cmd: order.command }),
    ...(order.entrypoint === undefined ? {} : { Entrypoint: order.entrypoint }),
    Env: Object.entries(order.env).map(([name, value]) => `${name}=${value}`),
    ...(order.workdir === undefined ? {} : { WorkingDir: order.workdir }),
    ...(order.user === undefined ? {} : { User: order.user }),
    Labels: order.labels,
    OpenStdin: order.stdin,
    StdinOnce: order.stdinOnce ?? false,
    Tty: order.tty ?? false,
    ExposedPorts: Object.fromEntries(order.ports.map((port) => [portName(port), {}])),
    HostConfig: {
      ...(order.init === undefined ? {} : { Init: order.init }),
      Mounts: order.mounts.map(({ kind, source, target, readOnly }) => ({
        Type: kind,
        Source: source,
        Target: target,
        ReadOnly: readOnly,
      })),
      ...(order.tmpfs === undefined ? {} : { Tmpfs: order.tmpfs }),
      ...(order.network === undefined ? {} : { NetworkMode: order.network }),
      PortBindings: portBindings(order.ports),
      ...(limits.memory > 0 ? { Memory: limits.memory, MemorySwap: limits.memory } : {}),
      ...(limits.cpus > 0 ? { NanoCpus: Math.round(limits.cpus * 1e9) } : {}),
      ...(limits.pids > 0 ? { PidsLimit: limits.pids } : {}),
      ReadonlyRootfs: order.readOnly ?? false,
      CapDrop: order.capDrop ?? [],
      SecurityOpt: order.securityOptions ?? [],
      ExtraHosts: order.extraHosts ?? [],
      ...(order.ulimits === undefined
        ? {}
        : { Ulimits: order.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })) }),
      // Every answer of a stdio server goes into the engine's log, which has no bound of its own.
      LogConfig: { Type: 'json-file', Config: { 'max-size': order.log.maxSize, 'max-file': String(order.log.maxFiles) } },
      // One owner of the loop: Holdfast restarts, the engine does not.
      RestartPolicy: { Name: 'no' },
    },
  };
}

/** Docker takes an empty port for a free one, Podman only `0`; both take `0`. */
function portBindings(ports: readonly OrderedPort[]): Record<string, { HostIp: string; HostPort: string }[]> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const port of ports) (bindings[portName(port)] ??= []).push({ HostIp: port.hostAddress, HostPort: String(port.hostPort) });
  return bindings;
}

function portName({ containerPort, protocol }: OrderedPort): string {
  return `${containerPort}/${protocol}`;
}
