import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultRestartPolicy, type RestartPolicy } from '../workload/policy.ts';
import { afterStable, calmFrom, nextStart, remainingDelay } from './backoff.ts';
import { emptyLadder, type Ladder } from './unit.ts';

const exact: RestartPolicy = { ...defaultRestartPolicy, immediate: { count: 0, windowMs: 600_000 }, jitter: 0 };
const plain: RestartPolicy = { ...defaultRestartPolicy, jitter: 0 };
const day = 86_400_000;

/** Delays of ends in a row, until it is given up (null) or `most` were seen. */
function delays(
  policy: RestartPolicy,
  most: number,
  stable: (index: number) => boolean,
  gapMs: (index: number) => number,
): (number | null)[] {
  const seen: (number | null)[] = [];
  let ladder: Ladder = emptyLadder;
  let now = 1_000_000;
  let previousEnd: number | null = null;
  for (let index = 0; index < most; index += 1) {
    const next = nextStart(policy, ladder, { stable: stable(index), previousEnd }, now, 0.5);
    seen.push(next?.delayMs ?? null);
    if (!next) break;
    previousEnd = now;
    now += next.delayMs + gapMs(index);
    ladder = stable(index + 1) ? afterStable(policy, next.ladder, now) : next.ladder;
  }
  return seen;
}

describe('the ladder', () => {
  it('gives exactly 5, 10, 20, 40, 60, 60 … without immediate restarts and jitter, and gives up after 10 attempts', () => {
    const seconds = [5, 10, 20, 40, 60, 60, 60, 60, 60, 60];
    expect(
      delays(
        exact,
        20,
        () => false,
        () => 1_000,
      ),
    ).toEqual([...seconds.map((s) => s * 1_000), null]);
  });

  it('goes on for ever with 0 attempts', () => {
    const seen = delays(
      { ...exact, attempts: 0 },
      200,
      () => false,
      () => 1_000,
    );
    expect(seen).toHaveLength(200);
    expect(seen.slice(4).every((ms) => ms === 60_000)).toBe(true);
  });

  it('restarts at once after each of the crashes of a month with one a day (S09)', () => {
    expect(
      new Set(
        delays(
          plain,
          30,
          () => true,
          () => day,
        ),
      ),
    ).toEqual(new Set([0]));
  });

  it('slows one crash a minute for an hour down step by step, and never gives up (S09)', () => {
    const seen = delays(
      plain,
      60,
      () => true,
      () => 60_000,
    );
    expect(seen.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
    expect(seen.slice(5, 8)).toEqual([5_000, 10_000, 20_000]);
    expect(seen).not.toContain(null);
    expect(seen.filter((ms) => ms !== 0 && ms !== null).length).toBeGreaterThan(20);
  });

  it('starts from its first step after a quiet window, also without immediate restarts', () => {
    expect(
      delays(
        exact,
        4,
        () => true,
        () => day,
      ),
    ).toEqual([5_000, 5_000, 5_000, 5_000]);
    expect(
      delays(
        exact,
        4,
        () => true,
        () => 60_000,
      ),
    ).toEqual([5_000, 10_000, 20_000, 40_000]);
  });

  it('counts attempts anew after a stable run', () => {
    const seen = delays(
      exact,
      40,
      (index) => index % 10 === 9,
      () => 11_000,
    );
    expect(seen).not.toContain(null);
  });

  it('keeps each delay within the jitter, never negative, never longer than its step allows', () => {
    const policies = fc.record({
      mode: fc.constant<'always'>('always'),
      stableMs: fc.nat(60_000),
      immediate: fc.record({ count: fc.option(fc.nat(8)), windowMs: fc.integer({ min: 1, max: 1_000_000 }) }),
      delaysMs: fc.array(fc.nat(120_000), { minLength: 1, maxLength: 6 }),
      jitter: fc.double({ min: 0, max: 1, noNaN: true }),
      attempts: fc.nat(12),
    });
    const ladders = fc.record({
      attempts: fc.nat(20),
      step: fc.nat(20),
      immediates: fc.array(fc.nat(2_000_000), { maxLength: 9 }),
      nextStartAt: fc.constant(null),
    });
    fc.assert(
      fc.property(
        policies,
        ladders,
        fc.boolean(),
        fc.option(fc.nat(2_000_000)),
        fc.nat(2_000_000),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (policy, ladder, stable, previousEnd, now, random) => {
          const next = nextStart(policy, ladder, { stable, previousEnd }, now, random);
          if (stable) expect(next).not.toBeNull();
          if (!next) return;
          const longest = Math.max(...policy.delaysMs) * (1 + policy.jitter) + 1;
          expect(next.delayMs).toBeGreaterThanOrEqual(0);
          expect(next.delayMs).toBeLessThanOrEqual(longest);
          expect(next.ladder.nextStartAt).toBe(next.delayMs > 0 ? now + next.delayMs : null);
          expect(next.ladder.immediates.length).toBeLessThanOrEqual(Math.max(policy.immediate.count ?? 0, ladder.immediates.length));
          expect(remainingDelay(policy, next.ladder, now)).toBe(next.delayMs);
          expect(calmFrom(policy, next.ladder, now, now)).toBeLessThanOrEqual(now + policy.immediate.windowMs + 1);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('a delay that another daemon planned', () => {
  const ladder: Ladder = { attempts: 2, step: 2, immediates: [], nextStartAt: 100_000 };

  it('goes on where it was', () => {
    expect(remainingDelay(exact, ladder, 96_000)).toBe(4_000);
    expect(remainingDelay(exact, ladder, 200_000)).toBe(0);
  });

  it('is at most its step when the clock was set back', () => {
    expect(remainingDelay(exact, ladder, 0)).toBe(10_000);
  });
});
