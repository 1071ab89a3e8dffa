import type { WorkloadSpec } from '../../core/workload/spec.ts';
import type { WorkloadStatus } from '../../core/workload/status.ts';
import type { Container } from '../contract/container.ts';

/** The container of a workload as the API shows it; null where its server is none. */
export function presentContainer({ container }: WorkloadSpec, { backend }: WorkloadStatus): Container | null {
  if (container === undefined) return null;
  const incarnation = backend?.incarnation;
  return {
    engine: container.engine.address,
    id: incarnation !== undefined && 'containerId' in incarnation ? incarnation.containerId : null,
    image: { ...container.image },
    limits: { ...container.limits },
    mounts: container.mounts.map(({ kind, source, target, readOnly }) => ({ kind, source, target, read_only: readOnly })),
    network: container.network,
    publish: container.publish.map(({ hostAddress, hostPort, containerPort, protocol }) => ({
      host_address: hostAddress,
      host_port: hostPort,
      container_port: containerPort,
      protocol,
    })),
    read_only: container.readOnly,
    user: container.user,
  };
}
