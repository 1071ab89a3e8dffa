import type { Descriptor } from './descriptor.ts';
import { args, command, unknownParser, unknownReactions, url } from './fills.ts';
import { inHome } from './places.ts';

export const vscodeServer: Descriptor = {
  id: 'vscode-server',
  name: 'VS Code Server (remote)',
  support: 'supported',
  files: inHome('.vscode-server/data/User/mcp.json'),
  format: 'jsonc',
  key: 'servers',
  container: 'map',
  entries: {
    'streamable-http': { owned: { type: 'http', url } },
    sse: { owned: { type: 'sse', url } },
    stdio: { owned: { type: 'stdio', command, args } },
  },
  parser: unknownParser,
  reactions: unknownReactions,
  remarks: 'The other end of a remote VS Code. Its documentation names type as what tells the kinds apart, so it is written.',
};
