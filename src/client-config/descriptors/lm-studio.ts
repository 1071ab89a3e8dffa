import type { Descriptor } from './descriptor.ts';
import { args, command, unknownParser, unknownReactions, url } from './fills.ts';
import { inHome } from './places.ts';

export const lmStudio: Descriptor = {
  id: 'lm-studio',
  name: 'LM Studio',
  support: 'supported',
  files: inHome('.lmstudio/mcp.json'),
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
  remarks: 'Its documentation says that it follows the notation of Cursor; the transports are not stated.',
};
