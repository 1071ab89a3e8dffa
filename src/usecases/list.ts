import type { Workloads, WorkloadView } from '../core/ports/workloads.ts';

export interface ListFilter {
  /** Stopped ones as well. */
  readonly all: boolean;
  readonly group?: string | undefined;
  /** Each must be there; an empty value asks for the key only. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Workloads by name. Those that are stopped show with `all` only; failed ones always do. */
export function list(workloads: Workloads, filter: ListFilter): WorkloadView[] {
  return workloads.list().filter((view) => matches(view, filter));
}

function matches({ spec, status }: WorkloadView, filter: ListFilter): boolean {
  if (!filter.all && status.lifecycle === 'stopped') return false;
  if (filter.group !== undefined && spec.group !== filter.group) return false;
  return Object.entries(filter.labels).every(([key, value]) => {
    const own = spec.labels[key];
    return own !== undefined && (value === '' || own === value);
  });
}
