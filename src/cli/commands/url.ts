import type { Workload } from '../../api/contract/workload.ts';
import { command } from '../command.ts';
import { notServed } from '../not-served.ts';
import { pathOf } from '../operations.ts';

export const urlCommand = command({
  name: 'url',
  summary: 'Print the URL of a workload',
  args: [{ name: 'NAME', summary: 'The workload', required: true, completes: 'workloads' }],
  flags: {},
  examples: ['holdfast url memory'],
  async run({ words: [name = ''] }, { api, output }) {
    const { url } = await (await api()).json<Workload>({ method: 'GET', path: pathOf(name) });
    if (url === '') throw notServed(name);
    output.result({ name, url }, () => url);
  },
});
