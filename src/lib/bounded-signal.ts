/**
 * A signal that aborts with another one, or after so long. Node 20 may collect the timeout in
 * `AbortSignal.any([signal, AbortSignal.timeout(ms)])` as garbage, and then it never fires; this one is held by its timer.
 */
export interface BoundedSignal {
  readonly signal: AbortSignal;
  /** Whether it was the time that ended it. */
  readonly late: boolean;
  /** Lets go of the timer and of the other signal. */
  release(): void;
}

/** @param ms from now on */
export function boundedSignal(signal: AbortSignal, ms: number): BoundedSignal {
  const ending = new AbortController();
  let late = false;
  const abort = (): void => ending.abort(signal.reason);
  const timer = setTimeout(() => {
    late = true;
    ending.abort(new Error(`not within ${ms} ms`));
  }, ms);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  return {
    signal: ending.signal,
    get late() {
      return late;
    },
    release() {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    },
  };
}
