import { describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../lib/utf8.ts';
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

  it('sees the offer through escapes', () => {
    const page = (offer: string) => `{"tools":[{"name":"a","execution":{"t\\u0061skSupport":${offer}}}]}`;
    expect(decodeUtf8(withoutTaskSupport(encodeUtf8(page('"optional"'))))).toBe(page('"forbidden"'));
  });

  it('gives back the same bytes where no tool offers it', () => {
    const page = bytesOf({ tools: [{ name: 'a', execution: {} }] });
    expect(withoutTaskSupport(page)).toBe(page);
  });
});
