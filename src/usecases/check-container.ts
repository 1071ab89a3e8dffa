import { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { WorkloadSpec } from '../core/workload/spec.ts';
import type { ContainerWishes } from './workload-options.ts';

/** Names that engines give to networks and to volumes. */
const ENGINE_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
const VOLUME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?(:[A-Za-z0-9_][A-Za-z0-9_.-]*\$?)?$/;
/** Below that engines refuse to create a container. */
const LEAST_MEMORY = 6_291_456;
const LEAST_CPUS = 0.01;

const bad = (what: string, fix: string): never => {
  throw new HoldfastError('HF_BAD_SPEC', { what, fix });
};

/** Refuses container options that no engine would take. @throws HF_BAD_SPEC */
export function checkContainerWishes({ network, user, limits = {}, mounts = [] }: ContainerWishes): void {
  if (network !== undefined && !ENGINE_NAME.test(network)) {
    bad(`The network ${JSON.stringify(network)} is not allowed`, 'Use default, none, host, or the name of a network of the engine.');
  }
  if (typeof user === 'string' && !USER.test(user)) {
    bad(`The user ${JSON.stringify(user)} is not allowed`, 'Write it as USER, UID, USER:GROUP or UID:GID.');
  }
  const { memory = 0, cpus = 0 } = limits;
  if (memory > 0 && memory < LEAST_MEMORY) {
    bad(`A memory limit of ${memory} bytes is too little`, 'Engines ask for 6m at least; 0 is no limit.');
  }
  if (cpus > 0 && cpus < LEAST_CPUS) bad(`${cpus} of a core is too little`, `Give ${LEAST_CPUS} at least; 0 is no limit.`);
  const targets = new Set<string>();
  for (const { kind, source, target } of mounts) {
    if (kind === 'volume' && !VOLUME.test(source)) {
      bad(`${JSON.stringify(source)} cannot be the name of a volume`, 'Use letters, digits, _, . and -; a path begins with /, ./ or ~/.');
    }
    if (/^\/+$/.test(target)) bad(`${source} cannot be mounted over the root of the container`, 'Give a folder or file in it.');
    const place = target.replace(/\/+$/, '');
    if (targets.has(place)) bad(`Two mounts have the same place ${target} in the container`, 'Leave one of them out.');
    targets.add(place);
  }
}

/** Refuses what is allowed one by one and cannot be together. @throws HF_BAD_SPEC */
export function checkContainer({ container, launch, transport, sessions }: WorkloadSpec): void {
  if (container === undefined) return;
  if (launch.cwd !== '' && !launch.cwd.startsWith('/')) {
    bad(
      `The working directory ${JSON.stringify(launch.cwd)} is not an absolute path`,
      'It is a folder in the container: write it as /app.',
    );
  }
  const { network, publish } = container;
  if (network === 'none' && transport !== 'stdio') {
    bad(`A server that speaks ${transport} cannot be reached with --network none`, 'Use --transport stdio, or another network.');
  }
  if (publish.length > 0 && (network === 'host' || network === 'none')) {
    bad(
      `--publish has no effect with --network ${network}`,
      network === 'host' ? 'Leave it out: the container has the ports of this machine.' : 'Use another network.',
    );
  }
  if (sessions === 'isolated' && publish.some(({ hostPort }) => hostPort !== 0)) {
    bad(
      'A fixed port can be published by one container only, and --sessions isolated starts several',
      'Publish port 0, which is any free one.',
    );
  }
}

/** What the user should know about a server in a container that is as asked for. */
export function containerWarnings({ container, runtime, restart }: WorkloadSpec): string[] {
  if (container === undefined) return [];
  const open = container.publish.filter(({ hostAddress }) => !isLoopback(hostAddress));
  return [
    // Podman's events do not tell a stop from an exit.
    ...(runtime === 'podman' && restart.mode === 'unless-stopped'
      ? ['Podman does not say who stopped a container: there `--restart unless-stopped` is as `always`. `holdfast stop` keeps it down.']
      : []),
    ...open.map(
      ({ hostAddress, hostPort, containerPort }) =>
        `Port ${containerPort} of the container is published on ${hostAddress}:${hostPort}, where other machines may reach it.`,
    ),
  ];
}

const isLoopback = (address: string): boolean => /^127\.|^::1$|^localhost$/.test(address);
