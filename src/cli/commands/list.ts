import type { ListResult } from '../../api/contract/results.ts';
import type { Workload } from '../../api/contract/workload.ts';
import { command } from '../command.ts';
import { toggle } from '../flags/flag.ts';
import { pairs } from '../flags/pairs.ts';
import { allFlag, groupFlag, labelFlag, quietFlag } from '../flags/shared.ts';
import { warnOfTakenPorts } from '../taken-ports.ts';
import { workloadTable } from '../workload-table.ts';

export const listCommand = command({
  name: 'list',
  aliases: ['ls', 'ps'],
  summary: 'List workloads',
  description:
    'Stopped ones, also those whose container somebody else removed or stopped, are listed with --all; failed ones always are.\n' +
    'Status: running, starting (also while it waits for its next start), stopping, stopped, error (given up), removing; unhealthy where it runs and answers nothing ' +
    '(its container is paused, too), unknown while its container engine does not answer',
  args: [],
  formats: ['text', 'json', 'mcpservers'],
  flags: {
    all: allFlag('Stopped ones as well'),
    group: groupFlag('Only those of this group'),
    label: labelFlag('Only those with this label'),
    quiet: quietFlag('Names only'),
    watch: toggle('Stay, and show the list again after each change (under --format json one list a line)'),
  },
  examples: ['holdfast ls', 'holdfast ls -a --format json', 'holdfast ls --format mcpservers'],
  async run({ flags }, { api, output, interrupted }) {
    pairs(flags.label, '--label');
    const query = {
      all: flags.all ? 'true' : undefined,
      group: flags.group,
      labels: flags.label.length === 0 ? undefined : flags.label.join(','),
    };
    const show = ({ workloads, gateway }: ListResult): void => {
      if (output.format === 'mcpservers') output.line(JSON.stringify(mcpServers(workloads), null, 2));
      else output.result(workloads, () => asText(workloads, flags.quiet, (text) => output.paint('bold', text)));
      warnOfTakenPorts(output, gateway, workloads);
    };
    const client = await api();
    if (!flags.watch) {
      show(await client.json<ListResult>({ method: 'GET', path: '/v1/workloads', query }));
      return;
    }
    for await (const result of client.lines<ListResult>({ method: 'GET', path: '/v1/watch', query, signal: interrupted })) {
      if (output.json) output.line(JSON.stringify(result.workloads));
      else {
        output.clear();
        show(result);
      }
    }
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
