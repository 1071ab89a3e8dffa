import type { Descriptor } from './descriptor.ts';
import { args, command, unknownParser, unknownReactions } from './fills.ts';
import { inHome } from './places.ts';

export const junie: Descriptor = {
  id: 'junie',
  name: 'JetBrains Junie',
  support: 'supported',
  files: inHome('.junie/mcp/mcp.json'),
  format: 'json',
  key: 'mcpServers',
  container: 'map',
  entries: {
    'streamable-http': null,
    sse: null,
    stdio: { owned: { command, args } },
  },
  parser: unknownParser,
  reactions: unknownReactions,
  remarks: 'stdio only (docs, of an unknown date), so it gets the bridge. The place is from a third party.',
};
