import type { RemoveResult } from '../../api/contract/results.ts';
import { command } from '../command.ts';
import { toggle } from '../flags/flag.ts';
import { allFlag, groupFlag, quietFlag } from '../flags/shared.ts';
import { onEach, operate, pathOf, selectNames } from '../operations.ts';
import { plainText } from '../output/terminal-text.ts';

export const rmCommand = command({
  name: 'rm',
  aliases: ['delete'],
  summary: 'Stop workloads and forget them: processes, containers, logs, sessions, state',
  args: [{ name: 'NAME', summary: 'The workloads', required: false, many: true, completes: 'workloads' }],
  flags: {
    all: allFlag('All workloads'),
    group: groupFlag('Those of this group', { short: 'g' }),
    force: toggle('No error for a workload that is not there', { short: 'f' }),
    quiet: quietFlag(),
  },
  examples: ['holdfast rm memory', 'holdfast rm --all'],
  async run({ words, flags }, context) {
    const { output } = context;
    const api = await context.api();
    const chosen = await selectNames(api, { words, all: flags.all, group: flags.group }, () => true);
    const names = flags.force ? chosen.filter(await isThere(api)) : chosen;
    const { results, exit } = await onEach(context, names, (name, progress) =>
      operate<RemoveResult>(api, context, { method: 'DELETE', path: pathOf(name) }, progress),
    );
    output.result(results, () => (flags.quiet ? '' : results.map(goneText).join('\n')));
    return exit;
  },
});

async function isThere(api: Parameters<typeof selectNames>[0]): Promise<(name: string) => boolean> {
  const names = new Set(await selectNames(api, { words: [], all: true, group: undefined }, () => true));
  return (name) => names.has(name);
}

/** What was taken from a client is not put back by itself: what is removed is gone. */
function goneText({ removed, imported }: RemoveResult): string {
  if (imported === null) return `${removed} is gone`;
  const { client, entry } = imported;
  return `${removed} is gone; \`holdfast client restore ${client}\` puts the entry ${plainText(JSON.stringify(entry))} that it was made from back`;
}
