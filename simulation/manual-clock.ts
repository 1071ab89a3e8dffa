import type { Clock } from '../src/core/ports/clock.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Rounds of the microtask queue after which everything that was resolved has been acted on, in practice. */
const SETTLE_ROUNDS = 50;

/** Time that moves only when it is told to. Timers run on the monotonic side; the wall clock may jump. */
export class ManualClock implements Clock {
  #wall: number;
  #monotonic = 0;
  #order = 0;
  readonly #timers = new Set<Timer>();

  /** @param wall ms since the epoch at the beginning */
  constructor(wall = Date.UTC(2026, 0, 1)) {
    this.#wall = wall;
  }

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(ms: number, callback: () => void): () => void {
    const timer: Timer = { at: this.#monotonic + Math.max(0, ms), order: this.#order, callback };
    this.#order += 1;
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Monotonic ms until the next timer, null when none waits. */
  get untilNext(): number | null {
    const next = this.#next();
    return next ? next.at - this.#monotonic : null;
  }

  /** Lets `ms` go by: each timer that is due fires in its order, and what follows from it happens before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await settle();
    for (let next = this.#next(); next && next.at <= end; next = this.#next()) {
      this.#move(next.at - this.#monotonic);
      this.#timers.delete(next);
      next.callback();
      await settle();
    }
    this.#move(end - this.#monotonic);
    await settle();
  }

  /** The wall clock jumps (a correction, or time asleep); the monotonic one does not notice. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  #move(ms: number): void {
    this.#monotonic += ms;
    this.#wall += ms;
  }

  #next(): Timer | null {
    let next: Timer | null = null;
    for (const timer of this.#timers) if (!next || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer;
    return next;
  }
}

/** Lets promises that were settled run their course, without any real time. */
export async function settle(): Promise<void> {
  for (let round = 0; round < SETTLE_ROUNDS; round += 1) await Promise.resolve();
}
