import type { Descriptor } from './descriptor.ts';
import { args, command, unknownReactions, url } from './fills.ts';
import { inHome } from './places.ts';

export const qodercli: Descriptor = {
  id: 'qodercli',
  name: 'Qoder CLI',
  support: 'supported',
  files: inHome('.qoder/settings.json'),
  format: 'jsonc',
  key: 'mcpServers',
  container: 'map',
  entries: {
    'streamable-http': { owned: { type: 'http', url } },
    sse: { owned: { type: 'sse', url } },
    stdio: { owned: { type: 'stdio', command, args } },
  },
  parser: { comments: 'ok', trailingComma: 'ignored', bom: 'ok', emptyFile: 'ok', missingKey: 'ok', nullKey: 'ok' },
  reactions: { ...unknownReactions, watchesFile: false, advice: 'Type /mcp reload, or start a new session, after an address changed.' },
  remarks: 'It ignores ~/.qoder/mcp.json (measured, 1.1.52). With a trailing comma it starts without any servers (measured).',
};
