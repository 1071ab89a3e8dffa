import type { Descriptor } from './descriptor.ts';
import { args, command, unknownParser, unknownReactions, url } from './fills.ts';
import { inHome } from './places.ts';

export const kimiCli: Descriptor = {
  id: 'kimi-cli',
  name: 'Kimi Code CLI',
  support: 'supported',
  files: inHome('.kimi-code/mcp.json', { variable: 'KIMI_CODE_HOME', path: 'mcp.json' }),
  legacyFiles: inHome('.kimi/mcp.json'),
  format: 'json',
  key: 'mcpServers',
  container: 'map',
  entries: {
    'streamable-http': { owned: { url } },
    sse: null,
    stdio: { owned: { command, args } },
  },
  parser: unknownParser,
  reactions: { ...unknownReactions, lostSession: 'its v2 core recovers, the older one does not (kimi-code#2748)' },
  remarks:
    'The transport is inferred (source). How SSE is written is not verified, so it gets none. The older kimi-cli reads ~/.kimi/mcp.json.',
};
