import type { Descriptor } from './descriptor.ts';
import { args, command, unknownReactions, url } from './fills.ts';
import { inHome } from './places.ts';

export const augmentCli: Descriptor = {
  id: 'augment-cli',
  name: 'Augment CLI (auggie)',
  support: 'supported',
  files: inHome('.augment/settings.json'),
  format: 'jsonc',
  key: 'mcpServers',
  container: 'map',
  entries: {
    'streamable-http': { owned: { type: 'http', url } },
    sse: { owned: { type: 'sse', url } },
    stdio: { owned: { type: 'stdio', command, args } },
  },
  parser: { comments: 'ok', trailingComma: 'ok', bom: 'ignored', emptyFile: 'ok', missingKey: 'ok', nullKey: 'ok' },
  reactions: unknownReactions,
  remarks: 'A symlinked file listed no servers (measured, 0.36.0).',
};
