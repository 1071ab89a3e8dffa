import type { Descriptor } from './descriptor.ts';
import { args, command, unknownParser, unknownReactions, url } from './fills.ts';
import { inHome } from './places.ts';

export const windsurfJetbrains: Descriptor = {
  id: 'windsurf-jetbrains',
  name: 'Windsurf for JetBrains',
  support: 'supported',
  files: inHome('.codeium/mcp_config.json'),
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
  remarks: 'As the IDE, in another folder.',
};
