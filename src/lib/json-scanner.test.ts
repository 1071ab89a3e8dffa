import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonScanner, MAX_DEPTH } from './json-scanner.ts';
import { encodeUtf8 } from './utf8.ts';

/** Scans `bytes` as one JSON text; the fault, or undefined where it is valid. */
function faultOf(bytes: Uint8Array): string | undefined {
  const scanner = new JsonScanner(bytes);
  const end = scanner.skipValue(scanner.skipWhitespace(0), 0);
  if (end < 0) return scanner.fault;
  return scanner.skipWhitespace(end) === bytes.length ? undefined : 'not-json';
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parserAccepts(bytes: Uint8Array): boolean {
  try {
    JSON.parse(strictDecoder.decode(bytes));
    return true;
  } catch {
    return false; // the question is only whether it throws
  }
}

const anyJson = fc.json({ stringUnit: 'binary', maxDepth: 6 });

/** Valid JSON with a few bytes overwritten, taken out or put in, of the kinds that a grammar can be wrong about. */
const damaged = fc
  .tuple(
    fc.oneof(anyJson, fc.constantFrom('[-0.5e+10,1E5,0]', '{"a":[true,false,null]}', '"\\u00e9\\n\\ud83d"', '  [ 1 , { } ]\r\n')),
    fc.array(
      fc.record({
        at: fc.nat(),
        remove: fc.nat(2),
        insert: fc.oneof(
          fc.uint8Array({ maxLength: 3 }),
          fc.constantFrom(...Array.from('{}[],:"\\-+.eE01 \t\n\rtfnu/x', (char) => encodeUtf8(char))),
        ),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([text, edits]) => {
    const bytes = [...encodeUtf8(text)];
    for (const { at, remove, insert } of edits) bytes.splice(at % (bytes.length + 1), remove, ...insert);
    return Uint8Array.from(bytes);
  });

describe('JsonScanner', () => {
  it('accepts what JSON.parse accepts', () => {
    fc.assert(
      fc.property(anyJson, fc.constantFrom('', ' ', '\r\n\t'), (text, space) => {
        expect(faultOf(encodeUtf8(`${space}${text}${space}`))).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  it('accepts of damaged JSON exactly what JSON.parse accepts', () => {
    fc.assert(
      fc.property(damaged, (bytes) => {
        expect(faultOf(bytes) === undefined).toBe(parserAccepts(bytes));
      }),
      { numRuns: 20_000 },
    );
  });

  it('accepts of every prefix exactly what JSON.parse accepts', () => {
    fc.assert(
      fc.property(anyJson, (text) => {
        const bytes = encodeUtf8(text);
        for (let end = 0; end < bytes.length; end += 1) {
          const prefix = bytes.subarray(0, end);
          expect(faultOf(prefix) === undefined).toBe(parserAccepts(prefix));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('accepts of arbitrary bytes exactly what JSON.parse accepts, inside a string too', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), fc.boolean(), (random, quoted) => {
        const bytes = quoted ? Uint8Array.of(0x22, ...random, 0x22) : random;
        expect(faultOf(bytes) === undefined).toBe(parserAccepts(bytes));
      }),
      { numRuns: 20_000 },
    );
  });

  it.each(['[', '{"a":'])('follows %s to the depth limit and refuses one more', (open) => {
    const close = open === '[' ? ']' : '}';
    const nested = (depth: number) => encodeUtf8(`${open.repeat(depth - 1)}[]${close.repeat(depth - 1)}`);
    expect(faultOf(nested(MAX_DEPTH))).toBeUndefined();
    expect(faultOf(nested(MAX_DEPTH + 1))).toBe('too-deep');
    expect(faultOf(nested(200_000))).toBe('too-deep');
  });

  it('closes mixed containers in their order at any depth', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 200 }), fc.nat(), (kinds, swap) => {
        const open = kinds.map((isObject) => (isObject ? '{"k":' : '[')).join('');
        const close = kinds.toReversed().map((isObject) => (isObject ? '}' : ']'));
        expect(faultOf(encodeUtf8(`${open}0${close.join('')}`))).toBeUndefined();
        const at = swap % close.length;
        const wrong = close.with(at, close[at] === '}' ? ']' : '}');
        expect(faultOf(encodeUtf8(`${open}0${wrong.join('')}`))).toBe('not-json');
      }),
    );
  });

  it.each([
    ['not-utf8', [0x22, 0xff, 0x22], 1],
    ['not-utf8', [0x22, 0xed, 0xa0, 0x80, 0x22], 1],
    ['not-utf8', [0x22, 0x61, 0xc3], 2],
    ['not-json', [0x22, 0x0a, 0x22], 1],
    ['not-json', [0x5b, 0x31, 0x2c, 0x5d], 3],
  ])('says %s for %j at its byte', (fault, bytes, at) => {
    const scanner = new JsonScanner(Uint8Array.from(bytes));
    expect(scanner.skipValue(0, 0)).toBe(-1);
    expect(scanner).toMatchObject({ fault, faultAt: at });
  });

  it('notes line breaks between tokens only', () => {
    const scanner = new JsonScanner(encodeUtf8('{"a":"\\n\\r"}'));
    scanner.skipValue(0, 0);
    expect(scanner.sawLineBreak).toBe(false);
    const pretty = new JsonScanner(encodeUtf8('{\r"a":1}'));
    pretty.skipValue(0, 0);
    expect(pretty.sawLineBreak).toBe(true);
  });
});
