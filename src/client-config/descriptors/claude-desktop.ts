import type { Descriptor } from './descriptor.ts';
import { args, command, unknownParser, unknownReactions } from './fills.ts';

export const claudeDesktop: Descriptor = {
  id: 'claude-desktop',
  name: 'Claude Desktop',
  support: 'supported',
  files: {
    linux: null,
    darwin: { base: 'library', path: 'Claude/claude_desktop_config.json' },
    win32: { base: 'roaming', path: 'Claude/claude_desktop_config.json' },
  },
  format: 'json',
  key: 'mcpServers',
  container: 'map',
  entries: {
    'streamable-http': null,
    sse: null,
    stdio: { owned: { command, args } },
  },
  parser: unknownParser,
  reactions: { ...unknownReactions, watchesFile: false, advice: 'Restart it after a change.' },
  remarks: 'stdio only: remote servers in this file are not connected (docs), so it gets the bridge. A place on Linux is not established.',
};
