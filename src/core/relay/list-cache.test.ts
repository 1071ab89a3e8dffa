import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../lib/utf8.ts';
import { ListCache } from './list-cache.ts';

const tools = (...names: string[]): Uint8Array =>
  encodeUtf8(JSON.stringify({ tools: names.map((name) => ({ name, annotations: { readOnlyHint: name.startsWith('r') } })) }));

describe('ListCache', () => {
  it('says whether an answer is another one than before', () => {
    const cache = new ListCache();
    expect(cache.remember('v', 'tools/list', null, tools('a'), 1)).toBe('first');
    expect(cache.remember('v', 'tools/list', null, tools('a'), 2)).toBe('same');
    expect(cache.remember('v', 'tools/list', null, tools('a', 'b'), 2)).toBe('changed');
    expect(cache.remember('other', 'tools/list', null, tools('a'), 2)).toBe('first');
  });

  it('forgets pages behind a first page that changed', () => {
    const cache = new ListCache();
    cache.remember('v', 'tools/list', null, tools('a'), 1);
    cache.remember('v', 'tools/list', 'next', tools('b'), 1);
    cache.remember('v', 'tools/list', null, tools('c'), 2);
    expect(cache.find('v', 'tools/list', 'next')).toBeNull();
    expect(cache.find('v', 'tools/list', null)).toEqual(tools('c'));
  });

  it('tells of a tool in a generation, in any, or nothing', () => {
    const cache = new ListCache();
    cache.remember('v', 'tools/list', null, tools('read', 'write'), 1);
    expect(cache.toolIsSafe('v', 'read', 1)).toBe(true);
    expect(cache.toolIsSafe('v', 'write', null)).toBe(false);
    expect(cache.toolIsSafe('v', 'read', 2)).toBeNull();
    expect(cache.toolIsSafe('other', 'read', null)).toBeNull();
    expect(cache.toolIsSafe('v', 'unknown', 1)).toBeNull();
  });

  it('holds a tool for unsafe that once was, in the same generation: a call in flight may be from then', () => {
    const cache = new ListCache();
    const shifty = (safe: boolean, ...more: string[]): Uint8Array =>
      encodeUtf8(JSON.stringify({ tools: [{ name: 'x', annotations: { readOnlyHint: safe } }, ...more.map((name) => ({ name }))] }));
    cache.remember('v', 'tools/list', null, shifty(false), 1);
    cache.remember('v', 'tools/list', null, shifty(true), 1);
    cache.remember('v', 'tools/list', null, shifty(true), 1);
    expect(cache.toolIsSafe('v', 'x', 1)).toBe(false);
    cache.remember('v', 'tools/list', null, shifty(true), 2);
    expect(cache.toolIsSafe('v', 'x', 2)).toBe(true);
    // Also where it was on a page that is forgotten with the first one.
    cache.remember('v', 'tools/list', 'next', tools('y'), 2);
    cache.remember('v', 'tools/list', null, shifty(true, 'y'), 2);
    expect(cache.toolIsSafe('v', 'y', 2)).toBe(false);
    for (let more = 0; more < 10; more += 1) cache.remember('v', 'tools/list', null, shifty(true, `r${more}`), 2);
    expect(cache.toolIsSafe('v', 'x', 2)).toBe(false);
  });

  it('keeps bytes of its own', () => {
    const cache = new ListCache();
    const chunk = Buffer.from(tools('a'));
    cache.remember('v', 'tools/list', null, chunk.subarray(0), 1);
    chunk.fill(0);
    expect(cache.find('v', 'tools/list', null)).toEqual(tools('a'));
  });
});
