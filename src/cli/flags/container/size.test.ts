import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { size, sizeText } from './size.ts';

describe('sizes', () => {
  it.each([
    ['0', 0],
    ['1048576', 1_048_576],
    ['64b', 64],
    ['512k', 524_288],
    ['512m', 536_870_912],
    ['512MB', 536_870_912],
    ['64MiB', 67_108_864],
    ['1.5g', 1_610_612_736],
    ['1 G', 1_073_741_824],
  ])('%s', (text, bytes) => expect(size(text, '--memory')).toBe(bytes));

  it.each(['', 'm', '-1', '1x', '1bb', '1bib', 'lots', '1,5g', '1e3', '0x10', 'Infinity', '512m ', '99999999999t'])('not %j', (text) => {
    expect(() => size(text, '--memory')).toThrow(
      expect.objectContaining({ code: 'HF_USAGE', message: expect.stringContaining('is not a size') as string }),
    );
  });

  it('are whole numbers of bytes, whatever is written', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.constantFrom('', 'b', 'k', 'kb', 'KiB', 'm', 'M', 'g'), (amount, unit) => {
        const bytes = size(`${amount}${unit}`, '--memory');
        expect(Number.isSafeInteger(bytes)).toBe(true);
        expect(bytes).toBeGreaterThanOrEqual(amount);
      }),
    );
  });

  it('are shown in the unit that people read', () => {
    expect([0, 100, 524_288, 67_108_864, 1_073_741_824, 1_610_612_736].map(sizeText)).toEqual([
      'unlimited',
      '100 bytes',
      '512 KiB',
      '64 MiB',
      '1 GiB',
      '1.5 GiB',
    ]);
  });
});
