import type { Clock } from '../../src/core/ports/clock.ts';
import type { VirtualTime } from '../time/virtual-time.ts';
import type { Lifeline } from './lifeline.ts';

/** The world's time as one daemon sees it: its timers die with it. */
export function ownClock(time: VirtualTime, lifeline: Lifeline): Clock {
  return {
    now: () => time.now(),
    monotonic: () => time.monotonic(),
    after: (ms, callback) => (lifeline.dead ? () => undefined : time.after(ms, lifeline.hears(callback))),
  };
}
