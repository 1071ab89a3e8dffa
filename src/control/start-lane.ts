import { HoldfastError } from '../core/errors/holdfast-error.ts';

/** Bounds how much is being started at a time: a spawn stalls the event loop, and fifty boots at once starve one another. */
export interface StartLane {
  /** Runs `work` when there is room, first come first served. Rejects with HF_CANCELLED when `signal` aborts before that. */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

/** @param width how many at a time, 1 or more */
export function createStartLane(width: number): StartLane {
  const waiting: (() => void)[] = [];
  let free = width;

  const enter = (signal: AbortSignal): Promise<void> => {
    if (signal.aborted) return Promise.reject(calledOff());
    if (free > 0) {
      free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const admit = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        waiting.splice(waiting.indexOf(admit), 1);
        reject(calledOff());
      };
      waiting.push(admit);
      signal.addEventListener('abort', leave, { once: true });
    });
  };

  return {
    async run(signal, work) {
      await enter(signal);
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else free += 1;
      }
    },
  };
}

function calledOff(): HoldfastError {
  return new HoldfastError('HF_CANCELLED', { what: 'The start was called off before its turn came' });
}
