import type { Descriptor } from './descriptor.ts';
import { args, command, url } from './fills.ts';
import { inHome } from './places.ts';

export const geminiCli: Descriptor = {
  id: 'gemini-cli',
  name: 'Gemini CLI',
  support: 'supported',
  files: inHome('.gemini/settings.json'),
  projectFile: '.gemini/settings.json',
  format: 'jsonc',
  key: 'mcpServers',
  container: 'map',
  entries: {
    'streamable-http': { owned: { url, type: 'http' } },
    sse: { owned: { url, type: 'sse' } },
    stdio: { owned: { command, args } },
  },
  parser: { comments: 'ok', trailingComma: 'fatal', bom: 'fatal', emptyFile: 'fatal', missingKey: 'ok', nullKey: 'ok' },
  reactions: {
    watchesFile: false,
    lostSession: 'fails and never recovers until /mcp reload or a restart (measured, 0.61.0)',
    listChanged: 'acts on it (measured)',
    retriesAtStart: false,
    advice: 'Restart it after an address changed: /mcp reload keeps the old configuration (gemini-cli#11565).',
  },
  remarks:
    'httpUrl is an older name that still works; a URL without a type means HTTP. Servers are not started in folders that are not trusted.',
};
