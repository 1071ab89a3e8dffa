import type { Descriptor } from './descriptor.ts';
import { args, command, unknownReactions, url } from './fills.ts';
import type { Moved } from './location.ts';
import { inUserData } from './places.ts';

const SETTINGS = '.cline/data/settings/cline_mcp_settings.json';
/** Their order is the one of Cline's own look-up (source). */
const MOVED: readonly Moved[] = [
  { variable: 'CLINE_MCP_SETTINGS_PATH' },
  { variable: 'CLINE_DATA_DIR', path: 'settings/cline_mcp_settings.json' },
  { variable: 'CLINE_DIR', path: 'data/settings/cline_mcp_settings.json' },
];

export const cline: Descriptor = {
  id: 'cline',
  name: 'Cline',
  support: 'supported',
  files: {
    linux: { base: 'home', path: SETTINGS, moved: MOVED },
    darwin: { base: 'home', path: SETTINGS, moved: MOVED },
    win32: { base: 'home', path: SETTINGS, moved: MOVED },
  },
  legacyFiles: inUserData('Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json'),
  format: 'json',
  key: 'mcpServers',
  container: 'map',
  entries: {
    'streamable-http': { owned: { type: 'streamableHttp', url } },
    sse: { owned: { type: 'sse', url } },
    stdio: { owned: { type: 'stdio', command, args } },
  },
  parser: { comments: 'fatal', trailingComma: 'fatal', bom: 'fatal', emptyFile: 'fatal', missingKey: 'fatal', nullKey: 'fatal' },
  reactions: {
    ...unknownReactions,
    watchesFile: true,
    noticesWithinMs: 500,
    lostSession: 'the extension reconnects, 2 s doubling, 6 times (source); its CLI does not recover (measured, 3.0.65)',
    listChanged: 'the extension acts on it (source), its CLI does not (measured)',
  },
  lock: 'owned-directory',
  remarks:
    'One file for VS Code, JetBrains and CLI since 4.x; the older one is migrated once for each source, then ignored (source, cline#11818). Without a type a URL means SSE (source, measured). Taking an entry out deletes the OAuth tokens that are stored for it (source). The parser and the reaction to a 404 were measured with the CLI.',
};
