import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../lib/utf8.ts';
import { findValues } from './find-values.ts';

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
