import type { Descriptor } from './descriptor.ts';
import { commandLine, url } from './fills.ts';

export const opencode: Descriptor = {
  id: 'opencode',
  name: 'OpenCode',
  support: 'supported',
  files: {
    linux: { base: 'config', path: 'opencode/opencode.json' },
    darwin: { base: 'config', path: 'opencode/opencode.json' },
    win32: { base: 'dot-config', path: 'opencode/opencode.json' },
  },
  siblings: ['opencode.jsonc'],
  format: 'jsonc',
  key: 'mcp',
  container: 'map',
  entries: {
    'streamable-http': { owned: { type: 'remote', url }, initial: { enabled: true } },
    sse: { owned: { type: 'remote', url }, initial: { enabled: true } },
    stdio: { owned: { type: 'local', command: commandLine }, initial: { enabled: true } },
  },
  parser: { comments: 'ok', trailingComma: 'ok', bom: 'ok', emptyFile: 'ok', missingKey: 'ok', nullKey: 'fatal' },
  reactions: {
    watchesFile: false,
    lostSession: 'starts a new session and repeats the call (measured, 1.18.33)',
    listChanged: 'acts on it (measured)',
    retriesAtStart: false,
    advice: 'Restart it, or start a new session, after an address changed.',
  },
  remarks:
    'Any other type makes the whole file invalid (measured). opencode.json and opencode.jsonc are merged (measured). It puts $schema into the file when it starts, comments stay. XDG_CONFIG_HOME moves the folder (measured). HTTP is tried before SSE.',
};
