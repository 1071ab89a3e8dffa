import type { Progress } from '../core/ports/progress.ts';
import type { Workloads } from '../core/ports/workloads.ts';
import type { WorkloadSpec } from '../core/workload/spec.ts';

/** Stops a workload and forgets everything about it. @returns the spec that it had @throws HF_WORKLOAD_UNKNOWN */
export async function remove(workloads: Workloads, name: string, progress: Progress): Promise<WorkloadSpec> {
  const { spec } = workloads.get(name);
  await workloads.remove(name, progress);
  return spec;
}
