import type { Workloads, WorkloadView } from '../core/ports/workloads.ts';
import { type ListFilter, list } from './list.ts';

/** The list now, and again after each change. Changes that come while the reader is busy are one. Ends when `signal` aborts. */
export async function* watch(workloads: Workloads, filter: ListFilter, signal: AbortSignal): AsyncGenerator<WorkloadView[]> {
  let changed = true;
  let wake = (): void => {};
  const unwatch = workloads.watch(() => {
    changed = true;
    wake();
  });
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      if (changed) {
        changed = false;
        yield list(workloads, filter);
      } else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    unwatch();
    signal.removeEventListener('abort', onAbort);
  }
}
