import type { Workload } from '../../api/contract/workload.ts';
import { command } from '../command.ts';
import { containerFacts } from '../container-facts.ts';
import { pathOf } from '../operations.ts';
import { facts } from '../output/facts.ts';
import { relativeTime } from '../output/time.ts';
import { statusCell } from '../workload-table.ts';

export const statusCommand = command({
  name: 'status',
  summary: 'Show how one workload is',
  args: [{ name: 'NAME', summary: 'The workload', required: true, completes: 'workloads' }],
  flags: {},
  examples: ['holdfast status memory', 'holdfast status memory --format json'],
  async run({ words: [name = ''] }, { api, output }) {
    const workload = await (await api()).json<Workload>({ method: 'GET', path: pathOf(name) });
    output.result(workload, () => asText(workload, Date.now()));
  },
});

function asText(workload: Workload, now: number): string {
  const { last_exit: exit } = workload;
  return facts([
    ['Name', workload.name],
    ['Status', statusCell(workload, now)],
    ['Why', workload.status_context],
    ['Health', workload.health],
    ['URL', workload.url],
    ['Package', workload.package],
    ['Runtime', workload.runtime],
    ...containerFacts(workload.container),
    ['Transport', workload.transport_type],
    ['Group', workload.group],
    [
      'Labels',
      Object.entries(workload.labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(', '),
    ],
    ['Created', relativeTime(workload.created_at, now)],
    ['Started', workload.started_at === null ? '' : relativeTime(workload.started_at, now)],
    ['Process', workload.pid === null ? '' : String(workload.pid)],
    ['Generation', String(workload.generation)],
    ['Restarts', String(workload.restarts)],
    ['Last exit', exit === null ? '' : `${exit.summary}, ${relativeTime(exit.ended_at, now)}`],
    ['Last output', exit === null ? '' : exit.last_lines.join('\n')],
  ]);
}
