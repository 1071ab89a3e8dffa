import type { UpdateResult } from '../../api/contract/results.ts';
import type { Workload } from '../../api/contract/workload.ts';
import { command } from '../command.ts';
import { quietFlag } from '../flags/shared.ts';
import { workloadFlags, workloadRequest } from '../flags/workload-flags.ts';
import { operate, pathOf } from '../operations.ts';
import { usage } from '../usage.ts';

export const updateCommand = command({
  name: 'update',
  summary: 'Change a workload; its URL and sessions stay',
  description: 'Takes the flags of `run`; what is not given stays as it is. The server is started anew only when the change concerns it',
  args: [{ name: 'NAME', summary: 'The workload', required: true, completes: 'workloads' }],
  rest: 'New arguments of the server, in place of all that it has.',
  flags: { ...workloadFlags, quiet: quietFlag() },
  examples: ['holdfast update memory --hold 60s', 'holdfast update memory -e LOG_LEVEL=debug', 'holdfast update memory -- --verbose'],
  async run({ words: [name = ''], rest, flags }, context) {
    const { output } = context;
    // A folder of this machine is made absolute, one of a container must be it.
    const runsHere =
      flags.workdir === undefined || !(await (await context.api()).json<Workload>({ method: 'GET', path: pathOf(name) })).container;
    const request = await workloadRequest(flags, rest, context, runsHere);
    if (Object.keys(request).length === 0)
      throw usage('Nothing was said that could be changed', '`holdfast update --help` shows what can.');
    const call = { method: 'PATCH', path: pathOf(name), body: request } as const;
    const done = await operate<UpdateResult>(await context.api(), context, call);
    for (const warning of done.warnings) output.warn(warning);
    output.result({ ...done.workload, changed: done.changed, restarted: done.restarted, warnings: done.warnings }, () => {
      if (flags.quiet) return '';
      if (done.changed.length === 0) return `${name} is like that already`;
      return `${name} updated (${done.changed.join(', ')}); its server ${done.restarted ? 'was started anew' : 'was not touched'}`;
    });
  },
});
