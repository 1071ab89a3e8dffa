import type { Descriptor } from './descriptor.ts';
import { args, command, url } from './fills.ts';
import { inHome } from './places.ts';

export const copilotCli: Descriptor = {
  id: 'copilot-cli',
  name: 'GitHub Copilot CLI',
  support: 'supported',
  files: inHome('.copilot/mcp-config.json', { variable: 'COPILOT_HOME', path: 'mcp-config.json' }),
  format: 'jsonc',
  key: 'mcpServers',
  container: 'map',
  entries: {
    'streamable-http': { owned: { type: 'http', url } },
    sse: { owned: { type: 'sse', url } },
    stdio: { owned: { type: 'local', command, args }, initial: { tools: ['*'] } },
  },
  parser: { comments: 'ok', trailingComma: 'ok', bom: 'ok', emptyFile: 'fatal', missingKey: 'fatal', nullKey: 'fatal' },
  reactions: {
    watchesFile: true,
    noticesWithinMs: 1500,
    lostSession: 'starts a new session and repeats the call (measured, 1.0.102)',
    listChanged: 'acts on it (measured)',
    retriesAtStart: false,
  },
  remarks:
    'Its TUI notices a change in 1.5 s, -p does not (measured). {} without mcpServers makes it end with 1 (measured). tools and type may be left out (measured).',
};
