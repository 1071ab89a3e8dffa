import type { ClientChanges, ClientList, RegisteredList } from '../../api/contract/clients.ts';
import { clientArgument, clientPath } from '../clients/client-flags.ts';
import { clientFacts, clientTable, groupsCell } from '../clients/client-text.ts';
import { command } from '../command.ts';
import { table } from '../output/table.ts';
import { relativeTime } from '../output/time.ts';

export const clientStatusCommand = command({
  name: 'client status',
  summary: 'Show the AI clients: which are installed and registered, and how the entries in their files stand',
  description:
    'written: as it should be. changed, taken-out: by its user, which is respected. lost: overwritten, it is put back. foreign: of somebody else',
  args: [clientArgument(false, true)],
  flags: {},
  examples: ['holdfast client status', 'holdfast client status cursor', 'holdfast client status --format json'],
  async run({ words }, { api, output }) {
    const client = await api();
    const { clients } = await client.json<ClientList>({ method: 'GET', path: '/v1/clients' });
    const names = new Set(clients.map(({ client_type: id }) => id));
    const unknown = words.find((word) => !names.has(word));
    // The daemon knows which one may be meant.
    if (unknown !== undefined) await client.json<ClientChanges>({ method: 'GET', path: clientPath(unknown, 'diff') });
    const shown = words.length === 0 ? clients : clients.filter(({ client_type: id }) => words.includes(id));
    output.result(shown, () => {
      if (words.length > 0) return shown.map((one) => clientFacts(one, Date.now())).join('\n\n');
      return clientTable(shown, (text) => output.paint('bold', text));
    });
    if (words.length === 0) {
      for (const { client_type: id, files } of shown)
        for (const { problem } of files) if (problem !== null) output.warn(`${id}: ${problem.message}`);
    }
  },
});

export const clientListRegisteredCommand = command({
  name: 'client list-registered',
  summary: 'List the AI clients that are registered',
  args: [],
  flags: {},
  examples: ['holdfast client list-registered'],
  async run(_input, { api, output }) {
    const { clients } = await (await api()).json<RegisteredList>({ method: 'GET', path: '/v1/clients/registered' });
    output.result(clients, () => {
      if (clients.length === 0) return 'No client is registered. `holdfast client setup` does that.';
      const rows = clients.map(({ client_type: client, name, groups, client_refresh: refresh, since }) => [
        client,
        name,
        groupsCell(groups),
        refresh ?? '-',
        relativeTime(since, Date.now()),
      ]);
      return table(['CLIENT', 'NAME', 'GROUPS', 'REFRESH', 'SINCE'], rows, (text) => output.paint('bold', text));
    });
  },
});
