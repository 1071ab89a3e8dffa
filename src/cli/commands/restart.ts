import { command } from '../command.ts';
import { allFlag, groupFlag, quietFlag } from '../flags/shared.ts';
import { changeEach, selectNames } from '../operations.ts';

export const restartCommand = command({
  name: 'restart',
  summary: 'Stop and start workloads; requests wait meanwhile',
  args: [{ name: 'NAME', summary: 'The workloads', required: false, many: true, completes: 'workloads' }],
  flags: { all: allFlag('All workloads that should run'), group: groupFlag('Those of this group', { short: 'g' }), quiet: quietFlag() },
  examples: ['holdfast restart memory'],
  async run({ words, flags }, context) {
    const { output } = context;
    const api = await context.api();
    const names = await selectNames(api, { words, all: flags.all, group: flags.group }, ({ desired }) => desired === 'running');
    const { workloads, exit } = await changeEach(api, context, names, 'restart');
    output.result(workloads, () =>
      flags.quiet ? '' : workloads.map((workload) => `${workload.name} is running at ${workload.url}`).join('\n'),
    );
    return exit;
  },
});
