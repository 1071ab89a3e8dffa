import type { Descriptor } from './descriptor.ts';
import { args, command, unknownParser, unknownReactions, url } from './fills.ts';

export const qoder: Descriptor = {
  id: 'qoder',
  name: 'Qoder',
  support: 'supported',
  files: {
    linux: null,
    darwin: { base: 'library', path: 'Qoder/SharedClientCache/mcp.json' },
    win32: { base: 'roaming', path: 'Qoder/SharedClientCache/mcp.json' },
  },
  format: 'json',
  key: 'mcpServers',
  container: 'map',
  entries: {
    'streamable-http': { owned: { type: 'http', url } },
    sse: { owned: { type: 'sse', url } },
    stdio: { owned: { type: 'stdio', command, args } },
  },
  parser: unknownParser,
  reactions: unknownReactions,
  remarks: 'Five independent projects name this place on macOS (third party); the one on Linux is not established.',
};
