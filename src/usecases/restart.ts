import type { Progress } from '../core/ports/progress.ts';
import type { Workloads, WorkloadView } from '../core/ports/workloads.ts';

/** Stop and start; requests wait meanwhile. A stopped workload is started. @throws HF_WORKLOAD_UNKNOWN, and what the start fails with */
export function restart(workloads: Workloads, name: string, progress: Progress): Promise<WorkloadView> {
  const { spec } = workloads.get(name);
  return spec.desired === 'stopped' ? workloads.start(name, progress) : workloads.restart(name, progress);
}
