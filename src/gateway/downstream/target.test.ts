import { describe, expect, it } from 'vitest';
import { parseTarget } from './target.ts';

describe('parseTarget', () => {
  it.each([
    ['/memory/mcp', null, { workload: 'memory', clientKey: null }],
    ['/memory/mcp/', null, { workload: 'memory', clientKey: null }],
    ['/memory/mcp?x=1', null, { workload: 'memory', clientKey: null }],
    ['/k/abcdefghijklmnop/memory/mcp', null, { workload: 'memory', clientKey: 'abcdefghijklmnop' }],
    ['/mcp', 'memory', { workload: 'memory', clientKey: null }],
    ['/memory/mcp', 'memory', { workload: 'memory', clientKey: null }],
    ['/other/mcp', 'memory', null],
    ['/mcp', null, null],
    ['/', null, null],
    ['/../etc/mcp', null, null],
    ['/Memory/mcp', null, null],
    ['/memory/mcp/more', null, null],
    ['/memory%2fmcp', null, null],
    ['/k/short/memory/mcp', null, null],
    ['http://evil/memory/mcp', null, null],
  ])('%s on %s', (url, only, expected) => expect(parseTarget(url, only)).toEqual(expected));
});
