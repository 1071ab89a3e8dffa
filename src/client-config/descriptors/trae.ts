import type { Descriptor } from './descriptor.ts';
import { args, command, unknownParser, unknownReactions, url } from './fills.ts';
import { inUserData } from './places.ts';

export const trae: Descriptor = {
  id: 'trae',
  name: 'Trae',
  support: 'supported',
  files: inUserData('Trae/User/mcp.json'),
  projectFile: '.trae/mcp.json',
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
  remarks: 'stdio, SSE and Streamable HTTP (third-party copy of its documentation). Editions have other folders: Trae CN, TRAE SOLO.',
};
