import type { Descriptor } from './descriptor.ts';
import { unknownParser, unknownReactions } from './fills.ts';

export const jetbrainsAi: Descriptor = {
  id: 'jetbrains-ai',
  name: 'JetBrains AI Assistant',
  support: 'no-file',
  files: { linux: null, darwin: null, win32: null },
  format: 'json',
  key: 'mcpServers',
  container: 'map',
  entries: {
    'streamable-http': null,
    sse: null,
    stdio: null,
  },
  parser: unknownParser,
  reactions: { ...unknownReactions, advice: 'Add the URL of `holdfast url` in the settings of the IDE.' },
  remarks: 'Configured in the settings of the IDE; there is no documented file. stdio, Streamable HTTP and SSE (docs).',
};
