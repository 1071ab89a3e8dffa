import { HoldfastError } from '../../../core/errors/holdfast-error.ts';

/** Runs what several ask for at the same time once. */
export interface SharedWork<T> {
  /**
   * Joins the work under that key, or begins it. The work is aborted when everybody who waited for it has left.
   * @throws HF_CANCELLED to the caller whose `signal` aborts, else whatever the work throws
   */
  join(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

export function createSharedWork<T>(): SharedWork<T> {
  const running = new Map<string, { readonly result: Promise<T>; readonly abort: AbortController; waiting: number }>();

  return {
    async join(key, signal, work) {
      if (signal.aborted) throw cancelled();
      let job = running.get(key);
      if (job === undefined) {
        const abort = new AbortController();
        const result = work(abort.signal).finally(() => running.delete(key));
        job = { result, abort, waiting: 0 };
        running.set(key, job);
      }
      const joined = job;
      joined.waiting += 1;
      return new Promise<T>((resolve, reject) => {
        const leave = (): void => {
          joined.waiting -= 1;
          if (joined.waiting > 0) {
            reject(cancelled());
            return;
          }
          // The last one waits for the end all the same: when it is told, nothing is left behind.
          joined.abort.abort();
        };
        signal.addEventListener('abort', leave, { once: true });
        joined.result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
      });
    },
  };
}

function cancelled(): HoldfastError {
  return new HoldfastError('HF_CANCELLED', { what: 'The install was cancelled' });
}
