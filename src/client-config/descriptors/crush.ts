import type { Descriptor } from './descriptor.ts';
import { args, command, unknownParser, unknownReactions, url } from './fills.ts';

export const crush: Descriptor = {
  id: 'crush',
  name: 'Crush',
  support: 'supported',
  files: {
    linux: { base: 'config', path: 'crush/crush.json' },
    darwin: { base: 'config', path: 'crush/crush.json' },
    win32: { base: 'local', path: 'crush/crush.json' },
  },
  format: 'json',
  key: 'mcp',
  container: 'map',
  entries: {
    'streamable-http': { owned: { type: 'http', url } },
    sse: { owned: { type: 'sse', url } },
    stdio: { owned: { type: 'stdio', command, args } },
  },
  parser: unknownParser,
  reactions: unknownReactions,
  remarks: 'Its newest documentation has a shell file (crushrc) in place of this one; whether this one is still read is not established.',
};
