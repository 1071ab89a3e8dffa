import type { Inspection } from '../../api/contract/workload.ts';
import { command } from '../command.ts';
import { pathOf } from '../operations.ts';

export const inspectCommand = command({
  name: 'inspect',
  summary: 'Show everything about one workload, as JSON',
  description: 'Values of variables that are, or look like, secrets are masked',
  args: [{ name: 'NAME', summary: 'The workload', required: true, completes: 'workloads' }],
  formats: ['json'],
  flags: {},
  examples: ['holdfast inspect memory'],
  async run({ words: [name = ''] }, { api, output }) {
    const inspection = await (await api()).json<Inspection>({ method: 'GET', path: pathOf(name, 'inspect') });
    output.result(inspection, () => '');
  },
});
