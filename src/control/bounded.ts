import type { Clock } from '../core/ports/clock.ts';

/** What a promise gives within `ms`, else `otherwise`; a rejection passes. The promise goes on, its late outcome is ignored. */
export function within<T, U>(clock: Clock, ms: number, promise: Promise<T>, otherwise: U): Promise<T | U> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => resolve(otherwise));
    promise.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

/** Resolves after `ms` of the injected clock. */
export function delay(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
