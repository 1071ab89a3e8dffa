import type { Descriptor } from './descriptor.ts';
import { args, command, unknownParser, unknownReactions, url } from './fills.ts';
import { inHome } from './places.ts';

export const cursor: Descriptor = {
  id: 'cursor',
  name: 'Cursor',
  support: 'supported',
  files: inHome('.cursor/mcp.json'),
  projectFile: '.cursor/mcp.json',
  format: 'json',
  key: 'mcpServers',
  container: 'map',
  entries: {
    'streamable-http': { owned: { url, type: 'http' } },
    sse: { owned: { url, type: 'sse' } },
    stdio: { owned: { command, args } },
  },
  parser: unknownParser,
  reactions: {
    ...unknownReactions,
    watchesFile: true,
    lostSession: 'does not recover (reported): switch the server off and on in its settings',
    listChanged: 'does not act on it during a session (reported)',
    advice: 'If tools are missing after a server was put back, switch it off and on in the settings.',
  },
  remarks:
    'type is optional: the transport is found out (toolhive#825). It reacts to changed content, not to a touched file (toolhive#2270); after an entry was taken out and put back its tools may be missing until restarted in the UI (toolhive#1953). IDE and CLI share the file.',
};
