import type { ContainerWishes } from '../../usecases/workload-options.ts';
import type { ContainerRequest } from '../contract/container.ts';

/** The container's part of a request in the words of the use cases. */
export function readContainer({ mounts, network, publish, limits, read_only: readOnly, user }: ContainerRequest): ContainerWishes {
  return {
    mounts: mounts?.map(({ kind, source, target, read_only }) => ({ kind, source, target, readOnly: read_only })),
    network,
    publish: publish?.map(({ host_address, host_port, container_port, protocol }) => ({
      hostAddress: host_address,
      hostPort: host_port,
      containerPort: container_port,
      protocol,
    })),
    limits,
    readOnly,
    user,
  };
}
