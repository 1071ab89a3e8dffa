import { command } from '../command.ts';
import { textFlag } from '../flags/flag.ts';

export const proxyStdioCommand = command({
  name: 'proxy stdio',
  summary: 'Be a stdio MCP server in front of a workload, for clients that cannot speak HTTP',
  description:
    'A client starts it and speaks MCP on its stdin and stdout. It goes on through crashes of the server and of the daemon, and ends with its client',
  args: [{ name: 'NAME', summary: 'The workload', required: true, completes: 'workloads' }],
  flags: { client: textFlag('CLIENT', 'The registered AI client that it is for, by id or key') },
  examples: ['holdfast proxy stdio memory', 'holdfast proxy stdio memory --client claude-desktop'],
  async run({ words: [name = ''], flags }, { api, places, pipes, output, interrupted }) {
    const { proxyStdio } = await import('../../compose/proxy-stdio.ts');
    const { socket } = await places();
    const { stdin, stdout } = pipes();
    await proxyStdio({
      workload: name,
      client: flags.client ?? null,
      api,
      socket,
      stdin,
      stdout,
      note: (text) => output.note(text),
      interrupted,
    });
  },
});
