import type { WaitResult } from '../../api/contract/results.ts';
import { command } from '../command.ts';
import { span } from '../flags/duration.ts';
import { choice } from '../flags/flag.ts';
import { quietFlag } from '../flags/shared.ts';
import { pathOf } from '../operations.ts';

const TIMEOUT_MS = 60_000;

export const waitCommand = command({
  name: 'wait',
  summary: 'Wait until a workload is running, stopped or removed',
  args: [{ name: 'NAME', summary: 'The workload', required: true, completes: 'workloads' }],
  flags: {
    for: choice(['running', 'stopped', 'removed'], 'What to wait for', { standard: 'running' }),
    timeout: span('How long at most', '60s'),
    quiet: quietFlag(),
  },
  examples: ['holdfast wait memory', 'holdfast wait memory --for stopped --timeout 2m'],
  async run({ words: [name = ''], flags }, { api, output, interrupted }) {
    const query = { for: flags.for, timeout_ms: String(flags.timeout ?? TIMEOUT_MS) };
    const { workload } = await (await api()).json<WaitResult>({ method: 'GET', path: pathOf(name, 'wait'), query, signal: interrupted });
    output.result(workload, () => (flags.quiet ? '' : `${name} is ${workload?.status ?? 'removed'}`));
  },
});
