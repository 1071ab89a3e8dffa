import type { Clock } from '../../src/core/ports/clock.ts';
import { until } from './until.ts';

/** Real time that can be made to run faster for a while: minutes go by in seconds, while everything else is as slow as it is. */
export class FastClock implements Clock {
  #speed = 1;
  #from = { wall: Date.now(), monotonic: 0, real: performance.now() };
  readonly #timers = new Map<object, { readonly at: number; readonly callback: () => void; real: NodeJS.Timeout }>();

  now(): number {
    return Math.floor(this.#from.wall + this.#gone());
  }

  monotonic(): number {
    return this.#from.monotonic + this.#gone();
  }

  after(ms: number, callback: () => void): () => void {
    const key = {};
    const at = this.monotonic() + ms;
    this.#timers.set(key, { at, callback, real: this.#arm(key, ms) });
    return () => {
      clearTimeout(this.#timers.get(key)?.real);
      this.#timers.delete(key);
    };
  }

  /** Lets so much of its time go by, `speed` times as fast as it would. */
  async pass(ms: number, speed = 100): Promise<void> {
    const end = this.monotonic() + ms;
    this.#run(speed);
    await until(`${ms} ms have gone by`, () => this.monotonic() >= end, (2 * ms) / speed + 5_000);
    this.#run(1);
  }

  #gone(): number {
    return (performance.now() - this.#from.real) * this.#speed;
  }

  #run(speed: number): void {
    this.#from = { wall: this.#from.wall + this.#gone(), monotonic: this.monotonic(), real: performance.now() };
    this.#speed = speed;
    for (const [key, timer] of this.#timers) {
      clearTimeout(timer.real);
      timer.real = this.#arm(key, timer.at - this.monotonic());
    }
  }

  #arm(key: object, ms: number): NodeJS.Timeout {
    const fire = (): void => {
      const timer = this.#timers.get(key);
      this.#timers.delete(key);
      timer?.callback();
    };
    return setTimeout(fire, Math.min(Math.max(0, ms) / this.#speed, 2_147_483_647)).unref();
  }
}
