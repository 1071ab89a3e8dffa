import type { Progress } from '../core/ports/progress.ts';
import type { Workloads } from '../core/ports/workloads.ts';

/** Stops a workload and forgets everything about it. @throws HF_WORKLOAD_UNKNOWN */
export async function remove(workloads: Workloads, name: string, progress: Progress): Promise<void> {
  workloads.get(name);
  await workloads.remove(name, progress);
}
