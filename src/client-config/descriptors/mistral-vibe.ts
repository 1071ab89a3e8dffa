import type { Descriptor } from './descriptor.ts';
import { args, command, name, unknownParser, unknownReactions, url } from './fills.ts';
import { inHome } from './places.ts';

export const mistralVibe: Descriptor = {
  id: 'mistral-vibe',
  name: 'Mistral Vibe',
  support: 'supported',
  files: inHome('.vibe/config.toml'),
  format: 'toml',
  key: 'mcp_servers',
  container: 'list',
  entries: {
    'streamable-http': { owned: { name, transport: 'streamable-http', url } },
    sse: null,
    stdio: { owned: { name, transport: 'stdio', command, args } },
  },
  parser: unknownParser,
  reactions: unknownReactions,
  remarks:
    'http, streamable-http and stdio (docs); SSE is not documented. Vibe itself rewrites the file and drops comments (mistral-vibe#257).',
};
