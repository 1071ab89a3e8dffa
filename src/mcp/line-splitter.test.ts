import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../lib/utf8.ts';
import { LineSplitter } from './line-splitter.ts';

interface Split {
  readonly lines: string[];
  readonly tooLong: number;
  readonly rest: string | undefined;
}

function split(chunks: readonly Uint8Array[], maxLineBytes?: number): Split {
  const lines: string[] = [];
  let tooLong = 0;
  const splitter = new LineSplitter(
    {
      line: (bytes) => lines.push(decodeUtf8(bytes)),
      tooLong: () => {
        tooLong += 1;
      },
    },
    maxLineBytes,
  );
  for (const chunk of chunks) splitter.push(chunk);
  const rest = splitter.end();
  return { lines, tooLong, rest: rest && decodeUtf8(rest) };
}

/** `bytes` in chunks of the given sizes, in turn. */
function chunksOf(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let from = 0, turn = 0; from < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    chunks.push(bytes.slice(from, from + size));
    from += size;
  }
  return chunks;
}

const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });
const content = fc.string({ unit: fc.constantFrom('a', 'é', '漢', ' ', '\r', '"'), maxLength: 12 });

describe('LineSplitter', () => {
  it('gives the same lines for any chunking: those of the text, without the empty ones and the last, unfinished one', () => {
    fc.assert(
      fc.property(fc.array(content), sizes, (written, chunkSizes) => {
        const text = written.join('\n');
        const found = split(chunksOf(encodeUtf8(text), chunkSizes));
        const expected = text.split('\n');
        const rest = expected.pop();
        expect(found).toEqual({
          lines: expected.map((line) => line.replace(/\r$/, '')).filter((line) => line !== ''),
          tooLong: 0,
          rest: rest === '' ? undefined : rest,
        });
      }),
    );
  });

  it('throws away lines over the limit, and nothing else, for any chunking', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), sizes, fc.integer({ min: 1, max: 12 }), (lengths, chunkSizes, limit) => {
        const text = lengths.map((length) => `${'x'.repeat(length)}\n`).join('');
        const found = split(chunksOf(encodeUtf8(text), chunkSizes), limit);
        expect(found.lines.map((line) => line.length)).toEqual(lengths.filter((length) => length > 0 && length <= limit));
        expect(found.tooLong).toBe(lengths.filter((length) => length > limit).length);
      }),
    );
  });

  it('says that a line is too long before its end comes, once', () => {
    const found = split([encodeUtf8('abc'), encodeUtf8('def'), encodeUtf8('ghi')], 5);
    expect(found).toEqual({ lines: [], tooLong: 1, rest: undefined });
  });

  it('gives a view of the chunk where a line lies in one chunk', () => {
    const seen: Uint8Array[] = [];
    const chunk = encodeUtf8('first\r\nsecond\n');
    new LineSplitter({ line: (bytes) => seen.push(bytes), tooLong: () => undefined }).push(chunk);
    expect(seen.map((line) => line.buffer === chunk.buffer)).toEqual([true, true]);
  });

  it('does not overwrite a line that it has given away', () => {
    const seen: Uint8Array[] = [];
    const splitter = new LineSplitter({ line: (bytes) => seen.push(bytes), tooLong: () => undefined });
    for (const text of ['fir', 'st\nsec', 'ond\nthi', 'rd\n']) splitter.push(encodeUtf8(text));
    expect(seen.map((line) => decodeUtf8(line))).toEqual(['first', 'second', 'third']);
  });

  it('forgets an unfinished line on reset, a discarded one too', () => {
    const lines: string[] = [];
    const splitter = new LineSplitter({ line: (bytes) => lines.push(decodeUtf8(bytes)), tooLong: () => undefined }, 8);
    for (const unfinished of ['half', 'much too long']) {
      splitter.push(encodeUtf8(unfinished));
      splitter.reset();
      splitter.push(encodeUtf8('whole\n'));
    }
    expect(lines).toEqual(['whole', 'whole']);
  });
});
