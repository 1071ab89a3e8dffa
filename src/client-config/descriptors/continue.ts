import type { Descriptor } from './descriptor.ts';
import { args, command, name, unknownParser, unknownReactions, url } from './fills.ts';
import { inHome } from './places.ts';

export const continueDev: Descriptor = {
  id: 'continue',
  name: 'Continue',
  support: 'discontinued',
  files: inHome('.continue/config.yaml'),
  format: 'yaml',
  key: 'mcpServers',
  container: 'list',
  entries: {
    'streamable-http': { owned: { name, type: 'streamable-http', url } },
    sse: { owned: { name, type: 'sse', url } },
    stdio: { owned: { name, type: 'stdio', command, args } },
  },
  parser: unknownParser,
  reactions: {
    ...unknownReactions,
    watchesFile: true,
    noticesWithinMs: 1000,
    lostSession: 'has no code to reconnect (source)',
    listChanged: 'has no handler (source)',
  },
  remarks:
    'Final version 2.0.0, repository read-only. It looks at the file each second, passes over an empty one, and reconnects only where type, url, command, args or env changed (source). JSON files in ~/.continue/mcpServers are read too.',
};
