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
    ['ghcr.io/github/github-mcp-server:0.1', 'github-mcp-server'],
    ['ghcr.io/github/github-mcp-server', 'github-mcp-server'],
    ['mcp/fetch@sha256:0123456789abcdef', 'fetch'],
    ['mcp/fetch:1.2@sha256:0123456789abcdef', 'fetch'],
    ['localhost:5000/Tools/My.Server:latest', 'my-server'],
    ['127.0.0.1:5000/x', 'x'],
    ['node:20', 'node'],
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
