import type { Descriptor } from './descriptor.ts';
import { args, command, unknownParser, unknownReactions, url } from './fills.ts';
import { inHome } from './places.ts';

export const warp: Descriptor = {
  id: 'warp',
  name: 'Warp',
  support: 'supported',
  files: inHome('.warp/.mcp.json'),
  projectFile: '.warp/.mcp.json',
  format: 'json',
  key: 'mcpServers',
  container: 'map',
  entries: {
    'streamable-http': { owned: { url } },
    sse: { owned: { url } },
    stdio: { owned: { command, args } },
  },
  parser: unknownParser,
  reactions: unknownReactions,
  remarks: 'Streamable HTTP and SSE (docs). The place is from a file in its repository.',
};
