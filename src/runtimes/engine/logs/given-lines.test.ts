import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GivenLines } from './given-lines.ts';

describe('lines that were given', () => {
  it('are not given again, whatever their order', () => {
    const given = new GivenLines(null);
    for (const at of [1_873, 1_872]) given.give(at);
    const isNew = given.reading();
    expect([1_872, 1_873, 1_873, 1_900].map(isNew)).toEqual([false, false, true, true]);
  });

  it('are those from a time on', () => {
    const given = new GivenLines(500);
    expect(given.since).toBe(500);
    expect([499, 500, null].map(given.reading())).toEqual([false, true, true]);
    given.give(600);
    expect(given.since).toBe(500);
    given.give(9_000);
    expect(given.since).toBe(7_000);
  });

  it('of any log are each given once, however often the reading breaks off', () => {
    const log = fc.array(fc.tuple(fc.nat(40), fc.nat(900)), { maxLength: 60 }).map((steps) => {
      let time = 10_000;
      // Time grows, and a line may be late by less than a second.
      return steps.map(([step, late], id) => ({ id, at: (time += step * 20) - late }));
    });
    fc.assert(
      fc.property(log, fc.array(fc.nat(60), { maxLength: 8 }), (lines, breaks) => {
        const given = new GivenLines(null);
        const seen: number[] = [];
        for (const end of [...breaks.toSorted((a, b) => a - b), lines.length]) {
          const isNew = given.reading();
          for (const { id, at } of lines.slice(0, end)) {
            if (!isNew(at)) continue;
            seen.push(id);
            given.give(at);
          }
        }
        expect(seen.length).toBe(lines.length);
      }),
    );
  });
});
