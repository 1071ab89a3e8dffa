import type { ListResult } from '../../api/contract/results.ts';
import { command } from '../command.ts';

/** What shell completion asks: names of all workloads, or nothing where no daemon runs. */
export const namesCommand = command({
  name: '__names',
  summary: 'Names of all workloads, for shell completion',
  args: [],
  flags: {},
  examples: [],
  hidden: true,
  async run(_input, { runningApi, output }) {
    const api = await runningApi();
    if (api === null) return;
    const { workloads } = await api.json<ListResult>({ method: 'GET', path: '/v1/workloads', query: { all: 'true' } });
    for (const { name } of workloads) output.line(name);
  },
});
