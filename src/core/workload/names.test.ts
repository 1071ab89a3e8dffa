import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkName, isLegalName, nameFromSource } from './names.ts';

describe('nameFromSource', () => {
  it.each([
    ['npx://@modelcontextprotocol/server-memory', 'server-memory'],
    ['npx://@modelcontextprotocol/server-memory@2026.8.31', 'server-memory'],
    ['uvx://mcp-server-time', 'mcp-server-time'],
    ['cmd://node', 'node'],
    ['cmd:///usr/local/bin/My Server.js', 'my-server'],
    ['cmd://./x.py', 'x'],
    ['https://example.com/mcp?x=1', 'server-mcp'.slice(7)],
    ['cmd://k', 'server-k'],
    ['cmd://', 'server'],
  ])('%s', (source, name) => expect(nameFromSource(source)).toBe(name));

  it('is always legal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (source) => {
        expect(nameFromSource(source)).toSatisfy(isLegalName);
      }),
    );
  });
});

describe('checkName', () => {
  it.each(['a', 'a-b_c', '0', 'a'.repeat(63)])('allows %s', (name) => expect(checkName(name)).toBe(name));
  it.each(['', 'A', '-a', '_a', 'a b', 'a/b', '..', 'k', 'api', 'health', 'metrics', 'ü', 'a'.repeat(64)])('refuses %j', (name) => {
    expect(() => checkName(name)).toThrow(/name/);
  });
});
