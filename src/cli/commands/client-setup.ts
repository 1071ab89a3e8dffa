import type { Client, ClientList } from '../../api/contract/clients.ts';
import { choose } from '../clients/choose.ts';
import { clientRefreshFlag, dryRunFlag, groupsFlag } from '../clients/client-flags.ts';
import { registerClients } from '../clients/register.ts';
import { command } from '../command.ts';
import { usage } from '../usage.ts';

export const clientSetupCommand = command({
  name: 'client setup',
  summary: 'Choose, at a terminal, which of the installed AI clients show the workloads',
  args: [],
  flags: { group: groupsFlag('Only workloads of these groups'), clientRefresh: clientRefreshFlag(), dryRun: dryRunFlag() },
  examples: ['holdfast client setup'],
  async run({ flags }, { api, output, pipes, interrupted }) {
    const { stdin, stdout } = pipes();
    if (stdin.isTTY !== true || !output.terminal || output.json)
      throw usage('`holdfast client setup` asks, and this is no terminal', 'Name the clients: `holdfast client register CLIENT…`.');
    const client = await api();
    const { clients } = await client.json<ClientList>({ method: 'GET', path: '/v1/clients' });
    const installed = clients.filter((one) => one.installed && one.editable);
    if (installed.length === 0) {
      output.note('No AI client that Holdfast knows is installed. `holdfast client status` shows them all.');
      return 0;
    }
    const question = { title: 'Which clients shall show the workloads?', options: installed.map(optionOf) };
    const chosen = await choose(question, { stdin, stdout, signal: interrupted });
    if (chosen.length === 0) {
      output.note('Nothing was changed.');
      return 0;
    }
    const { group: groups, clientRefresh: refresh, dryRun } = flags;
    return registerClients(client, output, { clients: chosen, groups, refresh, force: false, dryRun });
  },
});

function optionOf({ client_type: client, name, registered }: Client): { word: string; text: string } {
  return { word: client, text: `${name}${registered ? ' (registered)' : ''}` };
}
