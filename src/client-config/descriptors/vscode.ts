import type { Descriptor } from './descriptor.ts';
import { args, command, unknownParser, url } from './fills.ts';
import { inUserData } from './places.ts';

export const vscode: Descriptor = {
  id: 'vscode',
  name: 'Visual Studio Code',
  support: 'supported',
  files: inUserData('Code/User/mcp.json'),
  projectFile: '.vscode/mcp.json',
  format: 'jsonc',
  key: 'servers',
  container: 'map',
  entries: {
    'streamable-http': { owned: { type: 'http', url } },
    sse: { owned: { type: 'sse', url } },
    stdio: { owned: { type: 'stdio', command, args } },
  },
  parser: unknownParser,
  reactions: {
    watchesFile: true,
    lostSession: 'tries once more with a new session (source, since mid-2025)',
    listChanged: 'acts on it (vscode#243944)',
    retriesAtStart: true,
    advice: 'With the next chat request it starts what is new; it may ask whether it trusts the server.',
  },
  remarks:
    'Of the default profile; other profiles have their own mcp.json, whose place is not established. HTTP first, legacy SSE after a 4xx (source). It also reads ~/.copilot/mcp-config.json (docs). XDG_CONFIG_HOME moves it (userDataPath.ts). A portable installation keeps it elsewhere.',
};
