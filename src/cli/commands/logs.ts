import type { LogLine } from '../../api/contract/streams.ts';
import { command } from '../command.ts';
import { moment } from '../flags/duration.ts';
import { integer, toggle } from '../flags/flag.ts';
import { pathOf } from '../operations.ts';
import { terminalLine } from '../output/terminal-text.ts';

export const logsCommand = command({
  name: 'logs',
  summary: 'Show what a server wrote to its log',
  description: 'Under --format json one JSON object a line: at (where it is known), line',
  args: [{ name: 'NAME', summary: 'The workload', required: true, completes: 'workloads' }],
  flags: {
    follow: toggle('Go on with what is written', { short: 'f' }),
    tail: integer('N', 'Only the last so many lines', { min: 0, max: 1_000_000 }),
    since: moment('Only lines since then: 10m (ago) or an ISO time'),
    timestamps: toggle('Put the time before each line, where it is known'),
    proxy: toggle("The daemon's lines about the workload instead", { short: 'p' }),
  },
  examples: ['holdfast logs memory -f', 'holdfast logs memory --tail 50', 'holdfast logs memory --proxy --since 1h'],
  async run({ words: [name = ''], flags }, { api, output, interrupted }) {
    const query = {
      of: flags.proxy ? 'daemon' : 'server',
      tail: flags.tail?.toString(),
      since: flags.since?.(Date.now()).toString(),
      follow: flags.follow ? 'true' : undefined,
    };
    for await (const entry of (await api()).lines<LogLine>({ method: 'GET', path: pathOf(name, 'logs'), query, signal: interrupted })) {
      if (output.json) output.line(JSON.stringify(entry));
      else output.line(`${flags.timestamps ? `${entry.at ?? '-'} ` : ''}${output.terminal ? terminalLine(entry.line) : entry.line}`);
    }
  },
});
