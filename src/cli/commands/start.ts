import { command } from '../command.ts';
import { toggle } from '../flags/flag.ts';
import { allFlag, groupFlag, quietFlag } from '../flags/shared.ts';
import { changeEach, selectNames } from '../operations.ts';
import { stayAttached } from '../stay-attached.ts';
import { usage } from '../usage.ts';

export const startCommand = command({
  name: 'start',
  summary: 'Start workloads that are stopped or have failed',
  args: [{ name: 'NAME', summary: 'The workloads', required: false, many: true, completes: 'workloads' }],
  flags: {
    all: allFlag('All workloads'),
    group: groupFlag('Those of this group', { short: 'g' }),
    foreground: toggle('Stay, show its log and events; Ctrl-C stops the workload', { short: 'f' }),
    quiet: quietFlag(),
  },
  examples: ['holdfast start memory', 'holdfast start --group work'],
  async run({ words, flags }, context) {
    const { output } = context;
    const api = await context.api();
    const names = await selectNames(
      api,
      { words, all: flags.all, group: flags.group },
      ({ lifecycle }) => lifecycle === 'stopped' || lifecycle === 'failed',
    );
    if (flags.foreground && names.length !== 1) throw usage('--foreground takes exactly one workload');
    const { workloads, exit } = await changeEach(api, context, names, 'start');
    output.result(workloads, () =>
      flags.quiet ? '' : workloads.map((workload) => `${workload.name} is running at ${workload.url}`).join('\n'),
    );
    const [name] = names;
    return flags.foreground && exit === 0 && name !== undefined ? stayAttached(api, context, name) : exit;
  },
});
