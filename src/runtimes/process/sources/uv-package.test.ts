import { expect, it } from 'vitest';
import { consoleScripts } from './uv-package.ts';

it('names the console scripts and no other entry points', () => {
  const text =
    '[gui_scripts]\nwin = a:b\n\n[console_scripts]\nmcp-server-time = mcp_server_time:main\nother= x:y [extra]\n\n[pytest11]\nplug = p\n';
  expect(consoleScripts(text)).toEqual(['mcp-server-time', 'other']);
  expect(consoleScripts('')).toEqual([]);
});
