import type { Progress } from '../core/ports/progress.ts';
import type { Workloads, WorkloadView } from '../core/ports/workloads.ts';

/** Desired = running, ladder reset; resolves when ready. @throws HF_WORKLOAD_UNKNOWN, and what the start fails with */
export function start(workloads: Workloads, name: string, progress: Progress): Promise<WorkloadView> {
  workloads.get(name);
  return workloads.start(name, progress);
}
