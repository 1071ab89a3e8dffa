import type { ApiClient } from '../api/connect/client.ts';
import type { DaemonStatus } from '../api/contract/daemon.ts';
import type { Workload } from '../api/contract/workload.ts';
import type { Output } from './output/output.ts';

const TAKEN = 'HF_PORT_TAKEN';

/** Says why workloads have no URL: which port is taken, and by whom. Costs nothing where all have one. */
export async function warnOfTakenPorts(api: ApiClient, output: Output, workloads: readonly Workload[]): Promise<void> {
  const unreachable = workloads.filter(({ url }) => url === '');
  for (const { name, reason } of unreachable) {
    if (reason?.code === TAKEN) output.warn(`${name} has no URL: ${reason.message}. It is tried again each second.`);
  }
  if (unreachable.every(({ reason }) => reason?.code === TAKEN)) return;
  const { gateway } = await api.json<DaemonStatus>({ method: 'GET', path: '/v1/daemon' });
  if (gateway.problem !== null) output.warn(`The gateway does not listen: ${gateway.problem}. It is tried again each second.`);
}
