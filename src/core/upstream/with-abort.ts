import { HoldfastError } from '../errors/holdfast-error.ts';

/** The promise, or a rejection as soon as the signal aborts. */
export function withAbort<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(new HoldfastError('HF_CANCELLED', { what: 'The handshake was given up' }));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
