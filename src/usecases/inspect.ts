import type { Workloads, WorkloadView } from '../core/ports/workloads.ts';
import { looksSecret, maskArguments } from './secret-like.ts';

const MASK = '***';

/** A workload with everything that may be shown of it: values of variables that are, or look like, credentials are masked. @throws HF_WORKLOAD_UNKNOWN */
export function inspect(workloads: Workloads, name: string): WorkloadView {
  const view = workloads.get(name);
  const { spec } = view;
  const secret = new Set(spec.secretEnv);
  const env = Object.fromEntries(
    Object.entries(spec.launch.env).map(([key, value]) => [key, secret.has(key) || looksSecret(key, value) ? MASK : value]),
  );
  const launch = { ...spec.launch, env, args: maskArguments(spec.launch.args) };
  return { ...view, spec: { ...spec, args: maskArguments(spec.args), launch } };
}
