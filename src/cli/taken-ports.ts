import type { Gateway } from '../api/contract/daemon.ts';
import type { Workload } from '../api/contract/workload.ts';
import type { Output } from './output/output.ts';

const AGAIN = 'It is tried again each second.';

/** Says why clients cannot connect: which port is taken, and by whom. */
export function warnOfTakenPorts(output: Output, gateway: Gateway, workloads: readonly Workload[]): void {
  if (gateway.problem !== null) output.warn(`The gateway does not listen: ${gateway.problem}. ${AGAIN}`);
  for (const { name, url, reason } of workloads) {
    if (url === '' && reason?.code === 'HF_PORT_TAKEN') output.warn(`${name} has no URL: ${reason.message}. ${AGAIN}`);
  }
}
