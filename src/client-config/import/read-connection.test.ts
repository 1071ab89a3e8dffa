import { describe, expect, it } from 'vitest';
import type { Value } from '../editors/value.ts';
import { isDisabled, readConnection } from './read-connection.ts';

const stdio = { kind: 'command', args: [], env: {}, cwd: null, envFile: null };

describe('the connection of an entry', () => {
  it.each<[string, Value, object]>([
    [
      'Cursor',
      { command: 'x', args: ['a', 1], env: { A: 'b', N: 1n } },
      { ...stdio, command: 'x', args: ['a', '1'], env: { A: 'b', N: '1' } },
    ],
    ['VS Code', { type: 'stdio', command: 'x', envFile: '/e', cwd: '/c' }, { ...stdio, command: 'x', envFile: '/e', cwd: '/c' }],
    ['Goose', { cmd: 'x', args: [], envs: { A: 'b' }, type: 'stdio' }, { ...stdio, command: 'x', env: { A: 'b' } }],
    ['OpenCode', { type: 'local', command: ['x', 'y'], environment: { A: 'b' } }, { ...stdio, command: 'x', args: ['y'], env: { A: 'b' } }],
    ['Zed', { command: { path: 'x', args: ['y'], env: { A: 'b' } } }, { ...stdio, command: 'x', args: ['y'], env: { A: 'b' } }],
    [
      'a URL',
      { type: 'http', url: 'https://h', headers: { H: 'v' } },
      { kind: 'url', url: 'https://h', transport: 'http', headers: { H: 'v' } },
    ],
    ['Windsurf', { serverUrl: 'https://h' }, { kind: 'url', url: 'https://h', transport: null, headers: {} }],
    ['Codex', { url: 'https://h', http_headers: { H: 'v' } }, { kind: 'url', url: 'https://h', transport: null, headers: { H: 'v' } }],
    [
      'Continue',
      { url: 'https://h', requestOptions: { headers: { H: 'v' } } },
      { kind: 'url', url: 'https://h', transport: null, headers: { H: 'v' } },
    ],
    ['nothing', {}, { kind: 'unknown', why: 'it names neither a command nor a URL' }],
    ['a text', 'x', { kind: 'unknown', why: 'it is not an object' }],
    ['a list', [], { kind: 'unknown', why: 'it is not an object' }],
    ['an empty command', { command: '' }, { kind: 'unknown', why: 'its command is not a text' }],
    ['a nested argument', { command: 'x', args: [[]] }, { kind: 'unknown', why: 'an argument is not a text' }],
    ['a nested variable', { command: 'x', env: { A: {} } }, { kind: 'unknown', why: 'its variables are not texts' }],
    [
      'a built-in extension of Goose',
      { type: 'builtin', name: 'developer' },
      { kind: 'unknown', why: 'it names neither a command nor a URL' },
    ],
  ])('of %s', (_client, entry, connection) => expect(readConnection(entry)).toEqual(connection));

  it('may be switched off', () => {
    expect([{ disabled: true }, { enabled: false }, { disabled: false }, { enabled: true }, {}, 'x'].map(isDisabled)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
