import type { ApiClient } from '../../api/connect/client.ts';
import type { ClientChanges, ClientOutcomes } from '../../api/contract/clients.ts';
import { clientArgument, clientPath, dryRunFlag, groupsFlag } from '../clients/client-flags.ts';
import { diffText } from '../clients/diff-text.ts';
import { changedFiles, showOutcomes } from '../clients/outcomes.ts';
import { removeGroups } from '../clients/remove-groups.ts';
import { command } from '../command.ts';
import { toggle } from '../flags/flag.ts';
import { usage } from '../usage.ts';

export const clientRemoveCommand = command({
  name: 'client remove',
  summary: 'Take the workloads out of the configuration of AI clients, and revoke their keys',
  description: 'With --all everything that Holdfast wrote into any file is undone, as before an uninstall',
  args: [clientArgument(false, true)],
  flags: {
    all: toggle('All clients', { short: 'a' }),
    group: groupsFlag('Only the workloads of these groups'),
    dryRun: dryRunFlag(),
  },
  examples: ['holdfast client remove cursor', 'holdfast client remove --all --dry-run'],
  async run({ words, flags }, { api, output }) {
    if (words.length === 0 && !flags.all) throw usage('No client was named', 'Give its name, or --all.');
    if (words.length > 0 && flags.all) throw usage('Names and --all cannot be given together');
    const client = await api();
    const clients = flags.all ? null : [...new Set(words)];
    const { group: groups, dryRun } = flags;
    const outcomes =
      groups === undefined ? await removeWhole(client, clients, dryRun) : await removeGroups(client, { clients, groups, dryRun });
    if (outcomes.results.length === 0) output.note('No client is registered.');
    return showOutcomes(output, outcomes, flags.dryRun, (outcome) => removedText(outcome, flags.group));
  },
});

function removeWhole(api: ApiClient, clients: readonly string[] | null, dryRun: boolean): Promise<ClientOutcomes> {
  const body = { ...(clients === null ? { all: true } : { clients }), dry_run: dryRun };
  return api.json<ClientOutcomes>({ method: 'POST', path: '/v1/clients/remove', body });
}

function removedText(outcome: ClientOutcomes['results'][number], groups: readonly string[] | undefined): string {
  const what = groups === undefined ? 'is not registered any more' : `shows nothing of ${groups.join(', ')} any more`;
  return `${outcome.client_type} ${what}: ${changedFiles(outcome)}`;
}

export const clientDiffCommand = command({
  name: 'client diff',
  summary: 'Show what Holdfast changed in the files of an AI client',
  args: [clientArgument(true, false)],
  flags: {},
  examples: ['holdfast client diff cursor'],
  async run({ words: [client = ''] }, { api, output }) {
    const { changes } = await (await api()).json<ClientChanges>({ method: 'GET', path: clientPath(client, 'diff') });
    output.result(changes, () => diffText(changes, output.paint));
    if (changes.every(({ diff }) => diff === '')) output.note(`Nothing in the files of ${client} is of Holdfast.`);
  },
});

export const clientRestoreCommand = command({
  name: 'client restore',
  summary: 'Undo all that Holdfast changed in the files of an AI client, and end its registration',
  description: 'A file that nobody else changed since gets its old bytes back; of another one only the entries are taken out',
  args: [clientArgument(true, false)],
  flags: { force: toggle('Give the old bytes back even if the file was changed since: later changes are lost'), dryRun: dryRunFlag() },
  examples: ['holdfast client restore cursor --dry-run', 'holdfast client restore cursor'],
  async run({ words: [client = ''], flags }, { api, output }) {
    const body = { force: flags.force, dry_run: flags.dryRun };
    const { changes } = await (await api()).json<ClientChanges>({ method: 'POST', path: clientPath(client, 'restore'), body });
    output.result(changes, () => (flags.dryRun ? diffText(changes, output.paint) : `${client} is as it was: ${changedFiles({ changes })}`));
    if (flags.dryRun) output.note('Nothing was written.');
  },
});
