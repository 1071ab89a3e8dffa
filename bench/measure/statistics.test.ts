import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, percentile, spread, summary } from './statistics.ts';

describe('statistics', () => {
  it('takes the nearest rank', () => {
    expect([0, 0.5, 0.51, 0.95, 1].map((share) => percentile([4, 1, 3, 2], share))).toEqual([1, 2, 3, 4, 4]);
    expect(percentile([], 0.5)).toBeNaN();
  });

  it('means the two middle values of an even number', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it('leaves the values as they are, and never leaves their range', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 }), (values) => {
        const before = [...values];
        const { min, median: middle, max } = spread(values);
        const { p50, p95, p99, max: last } = summary(values);
        expect(values).toEqual(before);
        for (const [low, high] of [
          [min, middle],
          [middle, max],
          [p50, p95],
          [p95, p99],
          [p99, last],
        ])
          expect(low).toBeLessThanOrEqual(high ?? Number.NaN);
        // Nobody tells 0 from -0 here.
        expect(min === Math.min(...values) && max === Math.max(...values)).toBe(true);
      }),
    );
  });
});
