import { HoldfastError } from '../../core/errors/holdfast-error.ts';

/** Lets a few starts through at a time, and spawns one by one. */
export interface StartGate {
  /**
   * Runs one start when there is room. First come, first served.
   * @throws HF_CANCELLED when `signal` aborts while it waits
   */
  enter<T>(signal: AbortSignal, start: () => Promise<T>): Promise<T>;
  /** Resolves in a turn of the event loop in which nothing else is spawned. */
  turn(): Promise<void>;
}

/**
 * A spawn stalls the event loop (7 ms at 243 MB of memory, 32 ms at 1 GB), so fifty servers that start at once must not do it in a row:
 * requests of the others would wait for all of them.
 */
export function createStartGate(atOnce: number): StartGate {
  const waiting: (() => void)[] = [];
  let running = 0;
  let lastTurn: Promise<void> = Promise.resolve();

  async function room(signal: AbortSignal): Promise<void> {
    if (running < atOnce) {
      running += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        waiting.splice(waiting.indexOf(enter), 1);
        reject(cancelled());
      };
      waiting.push(enter);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  return {
    async enter(signal, start) {
      if (signal.aborted) throw cancelled();
      await room(signal);
      try {
        return await start();
      } finally {
        const next = waiting.shift();
        if (next === undefined) running -= 1;
        else next();
      }
    },
    turn() {
      lastTurn = lastTurn.then(() => new Promise((resolve) => setImmediate(resolve)));
      return lastTurn;
    },
  };
}

function cancelled(): HoldfastError {
  return new HoldfastError('HF_CANCELLED', { what: 'The start was cancelled before a process was made' });
}
