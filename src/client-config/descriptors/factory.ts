import type { Descriptor } from './descriptor.ts';
import { args, command, unknownReactions, url } from './fills.ts';
import { inHome } from './places.ts';

export const factory: Descriptor = {
  id: 'factory',
  name: 'Factory Droid',
  support: 'supported',
  files: inHome('.factory/mcp.json'),
  format: 'json',
  key: 'mcpServers',
  container: 'map',
  entries: {
    'streamable-http': { owned: { type: 'http', url } },
    sse: { owned: { type: 'sse', url } },
    stdio: { owned: { type: 'stdio', command, args } },
  },
  parser: { comments: 'ok', trailingComma: 'ignored', bom: 'ignored', emptyFile: 'ok', missingKey: 'ok', nullKey: 'ok' },
  reactions: unknownReactions,
  remarks: 'With a trailing comma or a byte order mark it starts without any servers (measured).',
};
