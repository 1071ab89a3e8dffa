import type { RunResult } from '../../api/contract/results.ts';
import type { RunRequest } from '../../api/contract/run-request.ts';
import type { Workload } from '../../api/contract/workload.ts';
import { command } from '../command.ts';
import { definedEnv } from '../defined-env.ts';
import { textFlag, toggle } from '../flags/flag.ts';
import { quietFlag } from '../flags/shared.ts';
import { workloadFlags, workloadRequest } from '../flags/workload-flags.ts';
import { operate } from '../operations.ts';
import { stayAttached } from '../stay-attached.ts';
import { warnOfTakenPorts } from '../taken-ports.ts';

export const runCommand = command({
  name: 'run',
  summary: 'Make a workload from a server and start it',
  description:
    'SERVER is an IMAGE, cmd://PROGRAM, npx://PACKAGE[@VERSION] or uvx://PACKAGE[@VERSION].\n' +
    'An image runs in a container of the first engine that answers (`holdfast runtime check` shows which), the others run as processes.\n' +
    'Packages are resolved and installed once; a restart never touches the network.\n' +
    'The workload belongs to the daemon: it goes on when this command is interrupted, unless --foreground is given',
  args: [{ name: 'SERVER', summary: 'What to run', required: true }],
  rest: 'Arguments of the server; {port} in them, and in values of -e, stands for its free port.',
  flags: {
    name: textFlag('NAME', 'Name of the workload', { standard: 'made from SERVER' }),
    replace: toggle('Remove a workload of that name first'),
    foreground: toggle('Stay, show its log and events; Ctrl-C stops the workload', { short: 'f' }),
    ...workloadFlags,
    quiet: quietFlag('Print the URL only'),
  },
  examples: [
    'holdfast run npx://@modelcontextprotocol/server-memory --name memory',
    'holdfast run mcp/filesystem -v ./notes:/notes:ro -- /notes',
    'holdfast run cmd://node -- ./server.js --verbose',
    'holdfast run cmd://python --transport streamable-http -- -m my_server --port {port}',
  ],
  async run({ words: [source = ''], rest, flags }, context) {
    const { output, cwd, env } = context;
    const runsHere = /^(cmd|npx|uvx):/i.test(source) || flags.runtime === 'process';
    const request: RunRequest = {
      ...(await workloadRequest(flags, rest, context, runsHere)),
      source,
      ...(flags.name === undefined ? {} : { name: flags.name }),
      replace: flags.replace,
      caller: { cwd, env: definedEnv(env) },
    };
    const api = await context.api();
    const call = { method: 'POST', path: '/v1/workloads', body: request } as const;
    const {
      workload,
      engine_version: engineVersion,
      gateway,
      warnings,
    } = await (flags.foreground
      ? // Interrupted there, it waits until there is something to stop.
        api.operation<RunResult>(call, output.progress)
      : operate<RunResult>(api, context, call));
    for (const warning of warnings) output.warn(warning);
    output.result({ ...workload, engine_version: engineVersion, warnings }, () =>
      flags.quiet
        ? workload.url
        : `${workload.name} runs ${workload.package} (${whereText(workload, engineVersion)}, ${workload.transport_type})\n${workload.url}`.trimEnd(),
    );
    warnOfTakenPorts(output, gateway, [workload]);
    return flags.foreground ? stayAttached(api, context, workload.name) : 0;
  },
});

/** `process`, or `docker 20.10.24 at unix:///var/run/docker.sock`. */
function whereText({ runtime, container }: Workload, engineVersion: string | null): string {
  if (!container) return runtime;
  return `${runtime}${engineVersion ? ` ${engineVersion}` : ''} at ${container.engine}`;
}
