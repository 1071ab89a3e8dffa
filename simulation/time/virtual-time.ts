/** Calls the timer off. */
export type Cancel = () => void;

interface Timer {
  readonly at: number;
  readonly order: number;
  run: (() => void) | null;
}

/**
 * Time that moves only from one timer to the next. Timers run on the monotonic side; the wall clock may jump. Between two timers every
 * promise that was settled runs its course.
 */
export class VirtualTime {
  #monotonic = 0;
  #wallOffset: number;
  #order = 0;
  readonly #heap: Timer[] = [];
  /** Timers that fired. */
  steps = 0;

  /** @param wall ms since the epoch at the beginning */
  constructor(wall: number) {
    this.#wallOffset = wall;
  }

  /** Wall clock, whole ms since the epoch. */
  now(): number {
    return Math.floor(this.#wallOffset + this.#monotonic);
  }

  /** ms since the beginning; never goes back. */
  monotonic(): number {
    return this.#monotonic;
  }

  after(ms: number, callback: () => void): Cancel {
    const timer: Timer = { at: this.#monotonic + Math.max(0, ms), order: this.#order, run: callback };
    this.#order += 1;
    this.#push(timer);
    return () => {
      timer.run = null;
    };
  }

  /** The wall clock is corrected, or the machine slept. */
  jump(ms: number): void {
    this.#wallOffset += ms;
  }

  /** Runs timer after timer until `end` (monotonic ms), or until `isOver` says so after one. */
  async runUntil(end: number, isOver: () => boolean): Promise<void> {
    await drain();
    while (!isOver()) {
      const timer = this.#heap[0];
      if (!timer || timer.at > end) break;
      this.#pop();
      const run = timer.run;
      if (!run) continue;
      this.#monotonic = timer.at;
      this.steps += 1;
      timer.run = null;
      run();
      await drain();
    }
    if (!isOver()) this.#monotonic = Math.max(this.#monotonic, end);
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(timer);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up] as Timer;
      if (!isBefore(timer, parent)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Timer;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Timer, heap[child] as Timer)) child += 1;
      const smaller = heap[child] as Timer;
      if (!isBefore(smaller, last)) break;
      heap[at] = smaller;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/**
 * Resolves when every promise that was settled, and whatever follows from it, has run: Node works off its next ticks only once the queue
 * of microtasks is empty.
 */
function drain(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}
