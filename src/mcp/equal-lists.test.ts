import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../lib/utf8.ts';
import { equalLists } from './equal-lists.ts';

const bytesOf = (value: unknown) => encodeUtf8(JSON.stringify(value));

describe('equalLists', () => {
  const equal = (a: unknown, b: unknown) => equalLists(bytesOf(a), bytesOf(b));

  it('minds neither the order of keys nor that of entries', () => {
    const one = { tools: [{ name: 'a', inputSchema: { type: 'object', required: ['x', 'y'] } }, { name: 'b' }], extra: 1 };
    const other = { extra: 1, tools: [{ name: 'b' }, { inputSchema: { required: ['x', 'y'], type: 'object' }, name: 'a' }] };
    expect(equal(one, other)).toBe(true);
  });

  it('minds every value, the order of other arrays, and how often an entry stands there', () => {
    expect(equal({ tools: [{ name: 'a' }] }, { tools: [{ name: 'b' }] })).toBe(false);
    expect(equal({ tools: [{ name: 'a', enum: [1, 2] }] }, { tools: [{ name: 'a', enum: [2, 1] }] })).toBe(false);
    expect(equal({ tools: [{ name: 'a' }] }, { tools: [{ name: 'a' }, { name: 'a' }] })).toBe(false);
    expect(equal({ tools: [1, 2] }, { prompts: [1, 2] })).toBe(false);
    expect(equal({ tools: [] }, { tools: [], other: null })).toBe(false);
  });

  it('leaves out what is about the answer, but not whether more pages follow', () => {
    expect(equal({ tools: [], _meta: { at: 1 }, ttlMs: 5, nextCursor: 'x' }, { tools: [], ttlMs: 6, nextCursor: 'y' })).toBe(true);
    expect(equal({ tools: [] }, { tools: [], nextCursor: 'y' })).toBe(false);
  });

  it('sees any change of one value, and no re-ordering of keys', () => {
    const reversed = (part: unknown): unknown => {
      if (Array.isArray(part)) return part.map((element: unknown) => reversed(element));
      if (typeof part !== 'object' || part === null) return part;
      return Object.fromEntries(
        Object.entries(part)
          .toReversed()
          .map(([key, inner]) => [key, reversed(inner)]),
      );
    };
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (a, b) => {
        expect(equal({ x: a }, { x: reversed(a) })).toBe(true);
        const same = JSON.stringify(a) === JSON.stringify(b);
        if (!same && typeof a !== typeof b) expect(equal({ x: a }, { x: b })).toBe(false);
        expect(equal({ x: [a, 1] }, { x: [a, 2] })).toBe(false);
      }),
    );
  });
});
