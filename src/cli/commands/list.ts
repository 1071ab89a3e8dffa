import type { ListResult } from '../../api/contract/results.ts';
import type { Workload } from '../../api/contract/workload.ts';
import { command } from '../command.ts';
import { pairs } from '../flags/pairs.ts';
import { allFlag, groupFlag, labelFlag, quietFlag } from '../flags/shared.ts';
import { warnOfTakenPorts } from '../taken-ports.ts';
import { workloadTable } from '../workload-table.ts';

export const listCommand = command({
  name: 'list',
  aliases: ['ls', 'ps'],
  summary: 'List workloads',
  description: 'Stopped ones are listed with --all; failed ones always are',
  args: [],
  formats: ['text', 'json', 'mcpservers'],
  flags: {
    all: allFlag('Stopped ones as well'),
    group: groupFlag('Only those of this group'),
    label: labelFlag('Only those with this label'),
    quiet: quietFlag('Names only'),
  },
  examples: ['holdfast ls', 'holdfast ls -a --format json', 'holdfast ls --format mcpservers'],
  async run({ flags }, { api, output }) {
    pairs(flags.label, '--label');
    const query = {
      all: flags.all ? 'true' : undefined,
      group: flags.group,
      labels: flags.label.length === 0 ? undefined : flags.label.join(','),
    };
    const { workloads, gateway } = await (await api()).json<ListResult>({ method: 'GET', path: '/v1/workloads', query });
    if (output.format === 'mcpservers') output.line(JSON.stringify(mcpServers(workloads), null, 2));
    else output.result(workloads, () => asText(workloads, flags.quiet, (text) => output.paint('bold', text)));
    warnOfTakenPorts(output, gateway, workloads);
  },
});

function asText(workloads: readonly Workload[], quiet: boolean, paintHead: (text: string) => string): string {
  if (quiet) return workloads.map(({ name }) => name).join('\n');
  if (workloads.length === 0) return 'No workloads. `holdfast run` makes one; `holdfast ls -a` shows stopped ones.';
  return workloadTable(workloads, Date.now(), paintHead);
}

/** The form in which AI applications name servers. */
function mcpServers(workloads: readonly Workload[]): object {
  return { mcpServers: Object.fromEntries(workloads.map(({ name, url, proxy_mode: type }) => [name, { url, type }])) };
}
