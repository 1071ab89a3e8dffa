import { asHoldfastError, HoldfastError } from '../core/errors/holdfast-error.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Workloads, WorkloadView } from '../core/ports/workloads.ts';
import { describeState } from './status-word.ts';

export type WaitFor = 'running' | 'stopped' | 'removed';

export interface WaitOrder {
  readonly condition: WaitFor;
  /** 1 ms … 24 h */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Resolves when the workload is ready, stopped or gone (null).
 * @throws HF_WORKLOAD_UNKNOWN, HF_WORKLOAD_FAILED, HF_WORKLOAD_STOPPED, HF_REMOVED_OUTSIDE (waiting for `running`), HF_WAIT_TIMEOUT, HF_CANCELLED (signal)
 */
export function wait(workloads: Workloads, clock: Clock, name: string, order: WaitOrder): Promise<WorkloadView | null> {
  const { id } = workloads.get(name).spec;
  return new Promise((resolve, reject) => {
    const finish = (outcome: () => void): void => {
      unwatch();
      cancelTimer();
      order.signal.removeEventListener('abort', onAbort);
      outcome();
    };
    const check = (): void => {
      const view = workloads.find(name);
      try {
        const outcome = judge(view?.spec.id === id ? view : null, name, order.condition);
        if (outcome !== 'not yet') finish(() => resolve(outcome));
      } catch (error) {
        finish(() => reject(asHoldfastError(error)));
      }
    };
    const expire = (): void => {
      const view = workloads.find(name);
      const state = view ? describeState(view.status) : 'removed';
      const what = `${name} was not ${order.condition} after ${order.timeoutMs / 1000} s`;
      finish(() =>
        reject(
          new HoldfastError('HF_WAIT_TIMEOUT', {
            what,
            why: `it is ${state}`,
            fix: 'Wait longer with --timeout, or read `holdfast logs`.',
          }),
        ),
      );
    };
    const onAbort = (): void => finish(() => reject(new HoldfastError('HF_CANCELLED', { what: `Waiting for ${name} was given up` })));
    const unwatch = workloads.watch((changed) => {
      if (changed === name) check();
    });
    const cancelTimer = clock.after(order.timeoutMs, expire);
    order.signal.addEventListener('abort', onAbort);
    check();
  });
}

function judge(view: WorkloadView | null, name: string, condition: WaitFor): WorkloadView | null | 'not yet' {
  if (condition === 'removed') return view === null ? null : 'not yet';
  if (view === null) throw new HoldfastError('HF_WORKLOAD_UNKNOWN', { what: `${name} was removed while it was being waited for` });
  const { lifecycle, reason } = view.status;
  if (condition === 'stopped') return lifecycle === 'stopped' ? view : 'not yet';
  if (lifecycle === 'running') return view;
  const why = reason === null ? {} : { why: reason.message };
  if (lifecycle === 'failed') throw new HoldfastError('HF_WORKLOAD_FAILED', { what: `${name} has failed`, ...why });
  if (lifecycle === 'stopped' && reason?.code === 'removed-outside')
    throw new HoldfastError('HF_REMOVED_OUTSIDE', { what: `${name} was removed by somebody else`, ...why });
  // What rests although it should run does so until somebody asks for it; at the daemon's own end it is started by the next one.
  if (lifecycle === 'stopped' && (view.spec.desired === 'stopped' || (reason !== null && reason.code !== 'daemon-stopped')))
    throw new HoldfastError('HF_WORKLOAD_STOPPED', { what: `${name} is stopped`, ...why });
  return 'not yet';
}
