import { describe, expect, it } from 'vitest';
import { duration, moment } from './duration.ts';

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['1h30m', 5_400_000],
    ['30', 30_000],
  ])('%s', (text, ms) => expect(duration(text, '--hold')).toBe(ms));

  it.each(['', 's', '-1s', '1x', 'Infinity'])('not %j', (text) => {
    expect(() => duration(text, '--hold')).toThrow(expect.objectContaining({ code: 'HF_USAGE' }));
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
