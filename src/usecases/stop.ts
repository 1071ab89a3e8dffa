import type { Progress } from '../core/ports/progress.ts';
import type { Workloads, WorkloadView } from '../core/ports/workloads.ts';

/**
 * Desired = stopped; resolves when nothing of it runs. Idempotent.
 * @param graceMs how long the server may take before it is killed; its spec's own where undefined
 * @throws HF_WORKLOAD_UNKNOWN
 */
export function stop(workloads: Workloads, name: string, progress: Progress, graceMs?: number): Promise<WorkloadView> {
  workloads.get(name);
  return workloads.stop(name, progress, graceMs);
}
