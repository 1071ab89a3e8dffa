import type { Descriptor } from './descriptor.ts';
import { args, command, unknownParser, unknownReactions, url } from './fills.ts';

export const zed: Descriptor = {
  id: 'zed',
  name: 'Zed',
  support: 'supported',
  files: {
    linux: { base: 'config', path: 'zed/settings.json', moved: [{ variable: 'FLATPAK_XDG_CONFIG_HOME', path: 'zed/settings.json' }] },
    darwin: { base: 'dot-config', path: 'zed/settings.json' },
    win32: { base: 'roaming', path: 'Zed/settings.json' },
  },
  format: 'jsonc',
  key: 'context_servers',
  container: 'map',
  entries: {
    'streamable-http': { owned: { url } },
    sse: null,
    stdio: { owned: { command, args } },
  },
  parser: unknownParser,
  reactions: {
    ...unknownReactions,
    watchesFile: true,
    lostSession: 'the call hangs for 60 s, and it never recovers (zed#57180)',
    listChanged: 'acts on it (docs)',
  },
  remarks: "The main file of the user's settings, with many comments. SSE is not stated. On Linux XDG_CONFIG_HOME moves it (paths.rs).",
};
