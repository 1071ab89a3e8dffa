import { clientArgument, clientRefreshFlag, dryRunFlag, groupsFlag } from '../clients/client-flags.ts';
import { registerClients } from '../clients/register.ts';
import { command } from '../command.ts';
import { toggle } from '../flags/flag.ts';

export const clientRegisterCommand = command({
  name: 'client register',
  summary: 'Write the workloads into the configuration of AI clients, from now on',
  description:
    'Each client gets URLs with a key of its own. What runs later appears, what is removed vanishes; everything else in the file stays as it is.\n' +
    'Registering again changes the groups or the refresh and keeps the key',
  args: [clientArgument(true, true)],
  flags: {
    group: groupsFlag('Only workloads of these groups'),
    clientRefresh: clientRefreshFlag(),
    force: toggle('Also a client that is not installed'),
    dryRun: dryRunFlag(),
  },
  examples: [
    'holdfast client register cursor vscode',
    'holdfast client register cursor --dry-run',
    'holdfast client register zed --group work',
  ],
  async run({ words, flags }, { api, output }) {
    const { group: groups, clientRefresh: refresh, force, dryRun } = flags;
    return registerClients(await api(), output, { clients: [...new Set(words)], groups, refresh, force, dryRun });
  },
});
