import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTimeIndex, offsetSince, parseTimeIndex, timeOf } from './time-index.ts';

const samples = [
  { offset: 100, at: 1_000 },
  { offset: 250, at: 3_000 },
  { offset: 900, at: 9_000 },
];

describe('time index', () => {
  it('reads what it wrote', () => {
    const grown = fc.array(fc.tuple(fc.nat(1_000), fc.nat(1_000))).map((steps) => {
      let offset = 0;
      let at = 0;
      return steps.map(([bytes, ms]) => ({ offset: (offset += bytes), at: (at += ms) }));
    });
    fc.assert(
      fc.property(fc.nat(), grown, (base, list) => {
        expect(parseTimeIndex(formatTimeIndex({ base, samples: list }))).toEqual({ base, samples: list });
      }),
    );
  });

  it('leaves a torn last line out', () => {
    expect(parseTimeIndex('base 7\n100 1000\n25')).toEqual({ base: 7, samples: [{ offset: 100, at: 1_000 }] });
  });

  it('begins at zero without a file', () => expect(parseTimeIndex('')).toEqual({ base: 0, samples: [] }));

  it.each([
    [1, 1_000],
    [100, 1_000],
    [101, 3_000],
    [900, 9_000],
    [901, null],
  ])('says that the line that ends at %d was written at %j', (end, at) => expect(timeOf(samples, end)).toBe(at));

  it.each([
    [0, 0],
    [1_000, 0],
    [1_001, 100],
    [9_000, 250],
    [9_001, 900],
  ])('since %d nothing before %d counts', (since, offset) => expect(offsetSince(samples, since)).toBe(offset));
});
