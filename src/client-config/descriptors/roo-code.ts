import type { Descriptor } from './descriptor.ts';
import { args, command, unknownParser, unknownReactions, url } from './fills.ts';
import { inUserData } from './places.ts';

export const rooCode: Descriptor = {
  id: 'roo-code',
  name: 'Roo Code',
  support: 'discontinued',
  files: inUserData('Code/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json'),
  projectFile: '.roo/mcp.json',
  format: 'json',
  key: 'mcpServers',
  container: 'map',
  entries: {
    'streamable-http': { owned: { type: 'streamable-http', url } },
    sse: { owned: { type: 'sse', url } },
    stdio: { owned: { type: 'stdio', command, args } },
  },
  parser: unknownParser,
  reactions: {
    ...unknownReactions,
    watchesFile: true,
    noticesWithinMs: 500,
    lostSession: 'marks the server as disconnected and does not reconnect (source)',
    listChanged: 'has no handler (source)',
  },
  remarks: 'Discontinued in May 2026. A URL without a type is an error.',
};
