import type { Descriptor } from './descriptor.ts';
import { args, command, url } from './fills.ts';
import { inHome } from './places.ts';

export const claudeCode: Descriptor = {
  id: 'claude-code',
  name: 'Claude Code',
  support: 'supported',
  files: inHome('.claude.json', { variable: 'CLAUDE_CONFIG_DIR', path: '.claude.json' }),
  projectFile: '.mcp.json',
  format: 'json',
  key: 'mcpServers',
  container: 'map',
  entries: {
    'streamable-http': { owned: { type: 'http', url } },
    sse: { owned: { type: 'sse', url } },
    stdio: { owned: { type: 'stdio', command, args } },
  },
  parser: { comments: 'fatal', trailingComma: 'fatal', bom: 'ok', emptyFile: 'unknown', missingKey: 'ok', nullKey: 'ok' },
  reactions: {
    watchesFile: false,
    lostSession: 'starts a new session and repeats the call (measured, 2.1.330)',
    listChanged: 'acts on it before the next request to the model (measured)',
    retriesAtStart: true,
    advice: 'Restart it, or start a new session, after an address changed.',
  },
  lock: 'directory',
  remarks:
    'A URL without a type is skipped with a warning, as is an unknown type (measured). It rewrites the whole file for its own state, keeping what others added, the symlink and the mode (measured). An empty file is fine as long as no backup exists, else it ends with 1 (measured). A foreign lock delays it by 16 s (measured).',
};
