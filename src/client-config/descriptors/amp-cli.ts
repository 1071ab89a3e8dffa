import type { Descriptor } from './descriptor.ts';
import { args, command, unknownReactions, url } from './fills.ts';

export const ampCli: Descriptor = {
  id: 'amp-cli',
  name: 'Amp CLI',
  support: 'supported',
  files: {
    linux: { base: 'config', path: 'amp/settings.json' },
    darwin: { base: 'config', path: 'amp/settings.json' },
    win32: { base: 'roaming', path: 'amp/settings.json' },
  },
  format: 'jsonc',
  key: 'amp.mcpServers',
  container: 'map',
  entries: {
    'streamable-http': { owned: { url } },
    sse: { owned: { url } },
    stdio: { owned: { command, args } },
  },
  parser: { comments: 'ok', trailingComma: 'ok', bom: 'fatal', emptyFile: 'fatal', missingKey: 'ok', nullKey: 'ok' },
  reactions: unknownReactions,
  remarks:
    'The dot belongs to the key: it is one key of the top level. XDG_CONFIG_HOME moves the file (measured); --settings-file does as well, which nobody else can see. A type is tolerated.',
};
