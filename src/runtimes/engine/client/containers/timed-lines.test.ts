import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimedLines } from './timed-lines.ts';

const AT = '2026-11-24T19:54:03.266231934Z';
const MS = Date.parse(AT);

function linesOf(entries: readonly string[], pieces = 1): { at: number | null; line: string }[] {
  const lines = new TimedLines('stdout');
  for (const entry of entries) {
    lines.entry();
    const bytes = Buffer.from(entry);
    for (let from = 0; from < bytes.length; from += pieces) lines.push(bytes.subarray(from, from + pieces));
  }
  return lines.rest().map(({ at, line }) => ({ at, line: Buffer.from(line).toString() }));
}

describe('lines with times', () => {
  it('are whole, also where an engine cut them into entries', () => {
    expect(linesOf([`${AT} one\n`, `${AT} tw`, `2026-11-24T19:54:09Z o\n`, `${AT} \n`, `${AT} rest`])).toEqual([
      { at: MS, line: 'one' },
      { at: MS, line: 'two' },
      { at: MS, line: '' },
      { at: MS, line: 'rest' },
    ]);
  });

  it('are the same for every chunking', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z ]{0,20}$/), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 9 }),
        (texts, size) => {
          const lines = linesOf(
            texts.map((text) => `${AT} ${text}\n`),
            size,
          );
          expect(lines).toEqual(texts.map((line) => ({ at: MS, line })));
        },
      ),
    );
  });

  it('come in several where they are longer than 64 KB', () => {
    const lines = linesOf([`${AT} ${'x'.repeat(150_000)}\n`, `${AT} ${'y'.repeat(65_536)}\n`], 16_384);
    expect(lines.map(({ line }) => line.length)).toEqual([65_536, 65_536, 18_928, 65_536]);
  });

  it('of a terminal begin with a time each', () => {
    const lines = new TimedLines('stdout');
    const text = `${AT} one\r\n${AT} two\r\n`;
    for (const byte of Buffer.from(text)) lines.pushPlain(Uint8Array.of(byte));
    expect(lines.rest().map(({ at, line }) => [at, Buffer.from(line).toString()])).toEqual([
      [MS, 'one'],
      [MS, 'two'],
    ]);
  });

  it('have none where the engine gave none', () => {
    expect(linesOf(['when? one\n'])).toEqual([{ at: null, line: 'one' }]);
  });
});
