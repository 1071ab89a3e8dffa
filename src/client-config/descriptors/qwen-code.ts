import type { Descriptor } from './descriptor.ts';
import { args, command, url } from './fills.ts';
import { inHome } from './places.ts';

export const qwenCode: Descriptor = {
  id: 'qwen-code',
  name: 'Qwen Code',
  support: 'supported',
  files: inHome('.qwen/settings.json'),
  format: 'jsonc',
  key: 'mcpServers',
  container: 'map',
  entries: {
    'streamable-http': { owned: { httpUrl: url } },
    sse: { owned: { url } },
    stdio: { owned: { command, args } },
  },
  parser: { comments: 'ok', trailingComma: 'fatal', bom: 'ok', emptyFile: 'fatal', missingKey: 'ok', nullKey: 'ok' },
  reactions: {
    watchesFile: true,
    noticesWithinMs: 1000,
    lostSession: 'fails that call, reconnects, and the next one works (measured, 0.24.4)',
    listChanged: 'ignores it (measured)',
    retriesAtStart: false,
  },
  remarks:
    'url means SSE even with type http (measured). It rewrites the file ($version), and replaces a symlink by a file (measured). A failed connection during a call leaves its tools missing for the session (measured).',
};
