import type { Descriptor } from './descriptor.ts';
import { commandLine, unknownReactions, url } from './fills.ts';

export const kilo: Descriptor = {
  id: 'kilo',
  name: 'Kilo Code',
  support: 'supported',
  files: {
    linux: { base: 'config', path: 'kilo/kilo.jsonc' },
    darwin: { base: 'config', path: 'kilo/kilo.jsonc' },
    win32: null,
  },
  siblings: ['kilo.json'],
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
    ...unknownReactions,
    watchesFile: false,
    lostSession: 'starts a new session and repeats the call (measured, 7.7.9)',
    listChanged: 'acts on it (measured)',
    advice: 'Restart it, or start a new session, after an address changed.',
  },
  remarks:
    'Made from OpenCode. Comments are lost when Kilo itself migrates the file (measured). Where the file lies on Windows is not established.',
};
