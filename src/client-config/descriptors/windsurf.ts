import type { Descriptor } from './descriptor.ts';
import { args, command, unknownParser, unknownReactions, url } from './fills.ts';
import { inHome } from './places.ts';

export const windsurf: Descriptor = {
  id: 'windsurf',
  name: 'Windsurf',
  support: 'supported',
  files: inHome('.codeium/windsurf/mcp_config.json'),
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
    'stdio, Streamable HTTP and SSE (docs). The makers and others say to press Refresh after an edit and after a restart of the server; whether it watches its file is not known.',
};
