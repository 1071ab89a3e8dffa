import type { Descriptor } from './descriptor.ts';
import { args, command, unknownParser, url } from './fills.ts';
import { inHome } from './places.ts';

export const codex: Descriptor = {
  id: 'codex',
  name: 'OpenAI Codex',
  support: 'supported',
  files: inHome('.codex/config.toml', { variable: 'CODEX_HOME', path: 'config.toml' }),
  projectFile: '.codex/config.toml',
  format: 'toml',
  key: 'mcp_servers',
  container: 'map',
  entries: {
    'streamable-http': { owned: { url } },
    sse: null,
    stdio: { owned: { command, args } },
  },
  parser: unknownParser,
  reactions: {
    watchesFile: false,
    lostSession: 'starts a new session and repeats the call (measured, 0.169.0)',
    listChanged: 'ignores it (measured)',
    retriesAtStart: false,
    advice: 'Restart it, or start a new session, after an address changed.',
  },
  remarks:
    'CLI, IDE and desktop. No SSE. codex mcp add keeps comments, but those behind the headers of mcp_servers, and makes the mode 0600 (measured).',
};
