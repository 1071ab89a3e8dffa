import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duration, moment, readDuration } from './duration.ts';

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1_500],
    ['2d', 172_800_000],
    ['30', 30_000],
    ['0', 0],
  ])('%s', (text, ms) => expect(readDuration(text)).toBe(ms));

  it.each(['', 's', '-1s', '1x', '1 s', '1s2', 'Infinity', '1e3'])('not %j', (text) => {
    expect(readDuration(text)).toBeNull();
    expect(() => duration(text, '--hold')).toThrow(expect.objectContaining({ code: 'HF_USAGE' }));
  });

  it('never take anything for a negative or endless time', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.smhd '.split('')), maxLength: 12 }), (text) => {
        const ms = readDuration(text);
        expect(ms === null || (Number.isFinite(ms) && ms >= 0)).toBe(true);
      }),
    );
  });
});

describe('moments', () => {
  const read = (text: string): number | undefined => moment('x').read([text], '--since')?.(1_000_000);

  it('are a time ago, or a time', () => {
    expect(read('10s')).toBe(990_000);
    expect(read('1970-01-01T00:00:01Z')).toBe(1_000);
    expect(() => read('yesterday')).toThrow(expect.objectContaining({ code: 'HF_USAGE' }));
  });
});
