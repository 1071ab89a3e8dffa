import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../lib/utf8.ts';
import type { Message } from './message.ts';
import { peekMessage } from './peek.ts';
import { encodeIdentifier, flatten, replaceId, spliceRanges } from './splice.ts';

function message(bytes: Uint8Array): Message {
  const peeked = peekMessage(bytes);
  if (!peeked.ok) throw new Error(peeked.words);
  return peeked;
}

const anyId = fc.oneof(fc.maxSafeInteger(), fc.string({ unit: 'binary', maxLength: 80 }));

describe('spliceRanges', () => {
  it('replaces the ranges and copies the rest', () => {
    const pieces = fc.array(
      fc.record({ kept: fc.uint8Array({ maxLength: 90 }), cut: fc.uint8Array(), put: fc.uint8Array({ maxLength: 90 }) }),
    );
    fc.assert(
      fc.property(pieces, fc.uint8Array(), fc.boolean(), (parts, tail, backwards) => {
        const bytes: number[] = [];
        const splices = parts.map(({ kept, cut, put }) => {
          bytes.push(...kept);
          const start = bytes.length;
          bytes.push(...cut);
          return { start, end: bytes.length, replacement: put };
        });
        const expected = [...parts.flatMap(({ kept, put }) => [...kept, ...put]), ...tail];
        const whole = Uint8Array.from([...bytes, ...tail]);
        // Two empty ranges at one offset have no order of their own: only then may the given order matter.
        const distinct = new Set(splices.map(({ start }) => start)).size === splices.length;
        const given = backwards && distinct ? splices.toReversed() : splices;
        expect([...spliceRanges(whole, given)]).toEqual(expected);
      }),
    );
  });

  it('puts a tail behind', () => {
    const splices = [{ start: 2, end: 3, replacement: encodeUtf8('22') }];
    expect(decodeUtf8(spliceRanges(encodeUtf8('{"1"} '), splices, 0, 5, encodeUtf8('\n')))).toBe('{"22"}\n');
  });

  it('takes only the stretch that is asked for', () => {
    const bytes = encodeUtf8('  {"id":1} ');
    expect(decodeUtf8(spliceRanges(bytes, [{ start: 8, end: 9, replacement: encodeUtf8('22') }], 2, 10))).toBe('{"id":22}');
  });
});

describe('replaceId', () => {
  it('changes the id and not one other byte', () => {
    fc.assert(
      fc.property(anyId, anyId, fc.json(), fc.json(), fc.constantFrom('', ' ', '\n'), (id, other, before, after, space) => {
        const head = `{"before":${before},"jsonrpc":"2.0","id"${space}:${space}`;
        const tail = `${space},"method":"ping","id2":${after}}`;
        const spliced = replaceId(message(encodeUtf8(head + JSON.stringify(id) + tail)), encodeIdentifier(other));
        expect(decodeUtf8(spliced ?? new Uint8Array(0))).toBe(head + JSON.stringify(other) + tail);
      }),
    );
  });

  it('gives nothing for a message without an id', () => {
    expect(replaceId(message(encodeUtf8('{"jsonrpc":"2.0","method":"a"}')), encodeIdentifier(1))).toBeUndefined();
  });
});

describe('flatten', () => {
  it('makes any JSON one line of the same length and value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('\n', '\r\n', '\r'), (value, lineEnd) => {
        const text = JSON.stringify(value, null, 2).replaceAll('\n', lineEnd);
        const bytes = encodeUtf8(text);
        const flat = decodeUtf8(flatten(bytes));
        expect(flat).toBe(text.replaceAll(/[\r\n]/g, ' '));
        expect(JSON.parse(flat)).toEqual(JSON.parse(text));
        expect(decodeUtf8(bytes)).toBe(text);
      }),
    );
  });

  it('gives back the same bytes where there is nothing to do', () => {
    const bytes = encodeUtf8('{"a":"\\n"}');
    expect(flatten(bytes)).toBe(bytes);
  });

  it('leaves a Buffer that it is given alone', () => {
    const bytes = Buffer.from('{\n}');
    expect(decodeUtf8(flatten(bytes))).toBe('{ }');
    expect(bytes.toString()).toBe('{\n}');
  });
});
