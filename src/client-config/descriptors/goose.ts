import type { Descriptor } from './descriptor.ts';
import { args, command, name, unknownParser, unknownReactions, url } from './fills.ts';

export const goose: Descriptor = {
  id: 'goose',
  name: 'Goose',
  support: 'supported',
  files: {
    linux: { base: 'config', path: 'goose/config.yaml' },
    darwin: { base: 'config', path: 'goose/config.yaml' },
    win32: { base: 'roaming', path: 'Block/goose/config/config.yaml' },
  },
  format: 'yaml',
  key: 'extensions',
  container: 'map',
  entries: {
    'streamable-http': { owned: { name, type: 'streamable_http', uri: url }, initial: { enabled: true, timeout: 60, description: '' } },
    sse: { owned: { name, type: 'sse', uri: url }, initial: { enabled: true, timeout: 60, description: '' } },
    stdio: { owned: { name, type: 'stdio', cmd: command, args }, initial: { enabled: true, envs: {}, timeout: 300, description: '' } },
  },
  parser: unknownParser,
  reactions: { ...unknownReactions, watchesFile: false, advice: 'Restart it, or start a new session, after an address changed.' },
  remarks:
    'An entry without a name is skipped without a word (goose#10773); a description is needed (toolhive#3325). Whether SSE still connects is not established. Changes need a restart (goose#10190). XDG_CONFIG_HOME moves the file, also on macOS (goose#1239).',
};
