import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

describe('durations', () => {
  it.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1_500],
    ['0.5ms', 1],
    ['0', 0],
    ['30', 30_000],
    ['0.25', 250],
  ])('%s is %i ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each([
    '',
    ' ',
    '5 m',
    '-1s',
    '+1',
    '1e3',
    '5x',
    's',
    '1.s',
    '.5s',
    '5m ',
    '5mm',
    '1h-1m',
    'Infinity',
    'NaN',
    '9'.repeat(30),
    `${'9'.repeat(20)}d`,
  ])('%j is none', (text) => expect(parseDuration(text)).toBeNull());

  it('are read as they were written', () => {
    expect(formatDuration(90_000)).toBe('1m30s');
    expect(formatDuration(0)).toBe('0s');
    expect(formatDuration(-5)).toBe('0s');
    fc.assert(fc.property(fc.nat(), (ms) => parseDuration(formatDuration(ms)) === ms));
  });
});
