import type { ClientUrl } from '../../api/contract/clients.ts';
import type { Workload } from '../../api/contract/workload.ts';
import { command } from '../command.ts';
import { textFlag } from '../flags/flag.ts';
import { notServed } from '../not-served.ts';
import { pathOf } from '../operations.ts';

export const urlCommand = command({
  name: 'url',
  summary: 'Print the URL of a workload',
  args: [{ name: 'NAME', summary: 'The workload', required: true, completes: 'workloads' }],
  flags: { client: textFlag('CLIENT', 'For this registered AI client, with its key: a secret') },
  examples: ['holdfast url memory', 'holdfast url memory --client cursor'],
  async run({ words: [name = ''], flags }, { api, output }) {
    if (flags.client !== undefined) {
      const query = { client: flags.client };
      const keyed = await (await api()).json<ClientUrl>({ method: 'GET', path: pathOf(name, 'client-url'), query });
      return output.result({ name, url: keyed.url }, () => keyed.url);
    }
    const { url } = await (await api()).json<Workload>({ method: 'GET', path: pathOf(name) });
    if (url === '') throw notServed(name);
    output.result({ name, url }, () => url);
  },
});
