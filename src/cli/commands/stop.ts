import { command } from '../command.ts';
import { span } from '../flags/duration.ts';
import { allFlag, groupFlag, quietFlag } from '../flags/shared.ts';
import { changeEach, selectNames } from '../operations.ts';

const GRACE_MS = 30_000;

export const stopCommand = command({
  name: 'stop',
  summary: 'Stop workloads; they stay stopped until `start`',
  args: [{ name: 'NAME', summary: 'The workloads', required: false, many: true, completes: 'workloads' }],
  flags: {
    all: allFlag('All workloads'),
    group: groupFlag('Those of this group', { short: 'g' }),
    timeout: span('How long a server may take before it is killed', '30s'),
    quiet: quietFlag(),
  },
  examples: ['holdfast stop memory', 'holdfast stop --all --timeout 5s'],
  async run({ words, flags }, context) {
    const { output } = context;
    const api = await context.api();
    const names = await selectNames(api, { words, all: flags.all, group: flags.group }, ({ desired }) => desired === 'running');
    const query = { grace_ms: String(flags.timeout ?? GRACE_MS) };
    const { workloads, exit } = await changeEach(api, context, names, 'stop', query);
    output.result(workloads, () => (flags.quiet ? '' : workloads.map((workload) => `${workload.name} is stopped`).join('\n')));
    return exit;
  },
});
