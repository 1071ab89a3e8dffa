import { describe, expect, it } from 'vitest';
import { installFolderName, parseNpmRequest, parsePythonRequest } from './package-request.ts';

describe('parseNpmRequest', () => {
  it.each([
    ['name', 'name', null, false],
    ['name@1.2.3', 'name', '1.2.3', true],
    ['name@1.2.3-rc.1+b', 'name', '1.2.3-rc.1+b', true],
    ['name@1.2', 'name', '1.2', false],
    ['name@^1.2.3', 'name', '^1.2.3', false],
    ['name@next', 'name', 'next', false],
    ['name@latest', 'name', null, false],
    ['@scope/name', '@scope/name', null, false],
    ['@scope/name@1.0.0', '@scope/name', '1.0.0', true],
  ])('%s', (text, name, wanted, exact) => {
    expect(parseNpmRequest(text)).toEqual({ manager: 'npx', name, extras: [], wanted, exact });
  });

  it.each([
    '',
    '--help',
    '../up',
    'a/b',
    'name@file:..',
    'name@https://x',
    'git+ssh://x',
    'a b',
    'name@',
    '@scope',
    'name@1 || 2',
    'x@y@z/..',
  ])('refuses %j', (text) => expect(() => parseNpmRequest(text)).toThrow('names no package'));
});

describe('parsePythonRequest', () => {
  it.each([
    ['mcp-server-time', 'mcp-server-time', [], null, false],
    ['MCP_Server.Time@2025.9.25', 'mcp-server-time', [], '2025.9.25', true],
    ['x==1.0', 'x', [], '1.0', true],
    ['x==1.*', 'x', [], '==1.*', false],
    ['x>=1,<2', 'x', [], '>=1,<2', false],
    ['x[b,A]@1', 'x', ['a', 'b'], '1', true],
    ['x@latest', 'x', [], null, false],
  ])('%s', (text, name, extras, wanted, exact) => {
    expect(parsePythonRequest(text)).toEqual({ manager: 'uvx', name, extras, wanted, exact });
  });

  it.each(['', '-x', '../x', 'x @ https://y', 'x@git+https://y', 'x; os_name=="nt"', 'x@../..', 'x y'])('refuses %j', (text) =>
    expect(() => parsePythonRequest(text)).toThrow('names no package'),
  );
});

describe('installFolderName', () => {
  it('is flat', () => {
    expect(installFolderName({ name: '@scope/name', extras: [] }, '1.2.3')).toBe('@scope+name@1.2.3');
    expect(installFolderName({ name: 'x', extras: ['a', 'b'] }, '1!2.0+c')).toBe('x[a,b]@1!2.0+c');
  });
  it.each(['..', '../../etc', '', '.hidden', 'a/b'])('refuses the version %j', (version) =>
    expect(() => installFolderName({ name: 'x', extras: [] }, version)).toThrow('odd name'),
  );
});
