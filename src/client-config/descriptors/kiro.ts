import type { Descriptor } from './descriptor.ts';
import { args, command, unknownParser, unknownReactions, url } from './fills.ts';
import { inHome } from './places.ts';

export const kiro: Descriptor = {
  id: 'kiro',
  name: 'Kiro',
  support: 'supported',
  files: inHome('.kiro/settings/mcp.json'),
  projectFile: '.kiro/settings/mcp.json',
  format: 'json',
  key: 'mcpServers',
  container: 'map',
  entries: {
    'streamable-http': { owned: { url } },
    sse: { owned: { url } },
    stdio: { owned: { command, args } },
  },
  parser: unknownParser,
  reactions: { ...unknownReactions, watchesFile: true },
  remarks: 'IDE and CLI. The IDE reconnects when the file is saved (third party). disabled and autoApprove belong to the user.',
};
