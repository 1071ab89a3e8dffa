import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../lib/utf8.ts';
import { equalLists } from './equal-lists.ts';
import { findValues } from './find-values.ts';
import { readTools, toolSafety, withoutTaskSupport } from './tools-list.ts';

const bytesOf = (value: unknown) => encodeUtf8(JSON.stringify(value));

describe('readTools', () => {
  it('tells which tools may be called twice', () => {
    const page = bytesOf({
      tools: [
        { name: 'plain' },
        { name: 'reads', annotations: { readOnlyHint: true } },
        { name: 'sets', annotations: { readOnlyHint: false, idempotentHint: true } },
        { name: 'says so loosely', annotations: { readOnlyHint: 'true', idempotentHint: 1 } },
        { name: 'has none', annotations: null },
        { title: 'has no name', annotations: { readOnlyHint: true } },
        null,
      ],
      nextCursor: 'more',
    });
    expect(readTools(page)).toEqual({
      tools: [
        { name: 'plain', safe: false },
        { name: 'reads', safe: true },
        { name: 'sets', safe: true },
        { name: 'says so loosely', safe: false },
        { name: 'has none', safe: false },
      ],
      nextCursor: 'more',
    });
    expect(toolSafety(page, 'reads')).toBe(true);
    expect(toolSafety(page, 'plain')).toBe(false);
    expect(toolSafety(page, 'absent')).toBeNull();
  });

  it('believes the careful one of two entries of the same name', () => {
    const page = bytesOf({ tools: [{ name: 'a', annotations: { readOnlyHint: true } }, { name: 'a' }] });
    expect(toolSafety(page, 'a')).toBe(false);
  });

  it('finds nothing in a result that is no list', () => {
    for (const odd of [{}, { tools: {} }, [], 'x', null]) expect(readTools(bytesOf(odd))).toEqual({ tools: [], nextCursor: null });
  });
});

describe('withoutTaskSupport', () => {
  it('takes back the offer of each tool and leaves every other byte', () => {
    const tool = (support: string) =>
      `{"name":"a","inputSchema":{"taskSupport":"optional"} , "execution": {"x":9007199254740993,"taskSupport" :${support}}}`;
    const page = (support: (offer: string) => string) =>
      `{"tools":[ ${tool(support('"optional"'))},{"name":"b"},${tool(support('"required"'))} ],"execution":{"taskSupport":"optional"}}`;
    const changed = withoutTaskSupport(encodeUtf8(page((offer) => offer)));
    expect(decodeUtf8(changed)).toBe(page(() => '"forbidden"'));
  });

  it('gives back the same bytes where no tool offers it', () => {
    const page = bytesOf({ tools: [{ name: 'a', execution: {} }] });
    expect(withoutTaskSupport(page)).toBe(page);
  });
});

describe('findValues', () => {
  const steps = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 4 });
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(1, 'text', null, '\u0000"'),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('any')),
    ),
  })).any;

  /** The slow way. */
  function valuesAt(part: unknown, path: readonly string[]): unknown[] {
    const [step, ...rest] = path;
    if (step === undefined) return [part];
    if (Array.isArray(part)) return step === '*' ? part.flatMap((element: unknown) => valuesAt(element, rest)) : [];
    if (typeof part !== 'object' || part === null) return [];
    return Object.entries(part).flatMap(([key, inner]) => (key === step ? valuesAt(inner, rest) : []));
  }

  it('finds the values that a walk through the parsed JSON finds', () => {
    fc.assert(
      fc.property(value, steps, fc.constantFrom(undefined, 1), (json, path, indent) => {
        const bytes = encodeUtf8(JSON.stringify(json, null, indent));
        const found = findValues(bytes, path).map(({ start, end }): unknown => JSON.parse(decodeUtf8(bytes, start, end)));
        expect(found).toEqual(valuesAt(JSON.parse(decodeUtf8(bytes)), path));
      }),
      { numRuns: 1000 },
    );
  });

  it('ends, and finds nothing, in every prefix of JSON', () => {
    const bytes = encodeUtf8('{"a":[{"b":"x"},{"b":[1,{}]}]}');
    for (let end = 0; end < bytes.length; end += 1) expect(findValues(bytes.subarray(0, end), ['a', '*', 'b'])).toEqual([]);
    expect(findValues(bytes, ['a', '*', 'b'])).toHaveLength(2);
  });
});

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
