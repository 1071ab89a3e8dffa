import { describe, expect, it } from 'vitest';
import { parseSize } from './size.ts';

describe('sizes', () => {
  it.each([
    ['0', 0],
    ['512', 512],
    ['1b', 1],
    ['64k', 65_536],
    ['64KB', 65_536],
    ['64KiB', 65_536],
    ['10MB', 10_485_760],
    ['1.5 GiB', 1_610_612_736],
    ['2t', 2_199_023_255_552],
  ])('%s is %i bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  it.each(['', 'k', '-1', '1e3', '5x', '5kk', '1.k', '10 M B', '9'.repeat(30), '99999999t'])('%j is none', (text) =>
    expect(parseSize(text)).toBeNull(),
  );
});
