import type { Clock } from '../core/ports/clock.ts';

/** The machine's own time. Monotonic time stands still while the machine sleeps (CLOCK_MONOTONIC on Linux). Timers keep nothing alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    // Longer than what a timer can hold is as good as never.
    const timer = setTimeout(callback, Math.min(ms, 2_147_483_647));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
