import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parseStored, refuseNewer } from './stored-file.ts';

const schema = z.object({ schema: z.literal(1), name: z.string(), deep: z.object({ list: z.array(z.number()) }).optional() });
const parse = (value: unknown) => parseStored(JSON.stringify(value), schema, 1);

describe('a stored file', () => {
  it('is good, damaged with its first wrong field, or newer', () => {
    expect(parse({ schema: 1, name: 'a', added: 'later' })).toEqual({ kind: 'good', value: { schema: 1, name: 'a' } });
    expect(parse({ schema: 1, name: 'a', deep: { list: [1, 'x'] } })).toMatchObject({
      kind: 'damaged',
      why: expect.stringMatching(/^deep\.list\[1\]: /) as string,
    });
    expect(parse({ schema: 2, other: true })).toEqual({ kind: 'newer', version: 2 });
    expect(parse({ schema: 0, name: 'a' })).toMatchObject({ kind: 'damaged' });
    expect(parse({ schema: '2', name: 'a' })).toMatchObject({ kind: 'damaged' });
    expect(parse([2])).toMatchObject({ kind: 'damaged' });
    expect(parse(null)).toMatchObject({ kind: 'damaged' });
  });

  it('never has its text quoted, which may hold credentials', () => {
    const text = fc.string({ minLength: 8 }).filter((value) => !/^[\d\s]*$/.test(value));
    fc.assert(
      fc.property(text, (secret) => {
        for (const content of [
          secret,
          `{"${secret}`,
          JSON.stringify({ schema: 1, name: { secret } }),
          JSON.stringify({ schema: secret }),
        ]) {
          const found = parseStored(content, schema, 1);
          expect(JSON.stringify(found)).not.toContain(JSON.stringify(secret).slice(1, -1));
        }
      }),
    );
  });

  it('is refused when it is newer, and only then', () => {
    expect(() => refuseNewer('/x/spec.json', parse({ schema: 3 }))).toThrow(
      expect.objectContaining({ code: 'HF_STATE_NEWER', message: expect.stringContaining('/x/spec.json') as string }),
    );
    refuseNewer('/x', parse({}));
    refuseNewer('/x', { kind: 'absent' });
  });
});
