import type { ListResult } from '../../api/contract/results.ts';
import { command } from '../command.ts';

/** What shell completion asks: names of all workloads, or nothing where no daemon runs; those of AI clients, for which none is needed. */
export const namesCommand = command({
  name: '__names',
  summary: 'Names of all workloads or AI clients, for shell completion',
  args: [{ name: 'KIND', summary: 'workloads, clients', required: false }],
  flags: {},
  examples: [],
  hidden: true,
  async run({ words: [kind = 'workloads'] }, { runningApi, output }) {
    if (kind === 'clients') {
      const { clientNames } = await import('../../compose/client-names.ts');
      for (const name of clientNames()) output.line(name);
      return;
    }
    const api = await runningApi();
    if (api === null) return;
    const { workloads } = await api.json<ListResult>({ method: 'GET', path: '/v1/workloads', query: { all: 'true' } });
    for (const { name } of workloads) output.line(name);
  },
});
