import type { Descriptor } from './descriptor.ts';
import { args, command, unknownParser, unknownReactions, url } from './fills.ts';
import { inHome } from './places.ts';

export const antigravity: Descriptor = {
  id: 'antigravity',
  name: 'Google Antigravity',
  support: 'supported',
  files: inHome('.gemini/config/mcp_config.json'),
  legacyFiles: inHome('.gemini/antigravity/mcp_config.json'),
  format: 'json',
  key: 'mcpServers',
  container: 'map',
  entries: {
    'streamable-http': { owned: { serverUrl: url } },
    sse: { owned: { serverUrl: url } },
    stdio: { owned: { command, args } },
  },
  parser: unknownParser,
  reactions: { ...unknownReactions, advice: 'Press Refresh in its MCP settings after a change.' },
  remarks:
    'IDE 2.x and the CLI agy. url is accepted too, serverUrl wins. Older builds read the older place (third parties). agy does not start with an invalid file; a bad entry is dropped (third party).',
};
