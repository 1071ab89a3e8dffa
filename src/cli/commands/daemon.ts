import type { DaemonStatus } from '../../api/contract/daemon.ts';
import { command } from '../command.ts';
import type { Context } from '../context.ts';
import { startDaemon, stopDaemon } from '../daemon-life.ts';
import { port, toggle } from '../flags/flag.ts';
import { quietFlag } from '../flags/shared.ts';
import { facts } from '../output/facts.ts';
import { relativeTime } from '../output/time.ts';

const gatewayPort = port('Port of the gateway; 0 = any free one, remembered', 0, { standard: '7420' });

export const daemonStartCommand = command({
  name: 'daemon start',
  summary: 'Start the daemon in the background, unless it runs',
  description: 'Other commands start it when they need it',
  args: [],
  flags: { gatewayPort, quiet: quietFlag() },
  examples: ['holdfast daemon start', 'holdfast daemon start --gateway-port 8000'],
  async run({ flags }, context) {
    const running = await context.runningApi();
    if (running !== null && flags.gatewayPort !== undefined) context.output.warn('The daemon runs already: --gateway-port was not used.');
    await startDaemon(context, await context.places(), daemonArgs(flags.gatewayPort));
    await showStatus(context, running === null ? 'started' : 'runs already');
  },
});

export const daemonStopCommand = command({
  name: 'daemon stop',
  summary: 'End the daemon and the servers; the next daemon starts them again',
  args: [],
  flags: { keepServers: toggle('Leave servers that can live without the daemon; the next one adopts them'), quiet: quietFlag() },
  examples: ['holdfast daemon stop'],
  async run({ flags }, context) {
    const stopped = await stopDaemon(context, await context.places(), flags.keepServers);
    context.output.result({ stopped }, () => (flags.quiet ? '' : stopped ? 'The daemon has ended' : 'No daemon runs'));
  },
});

export const daemonRestartCommand = command({
  name: 'daemon restart',
  summary: 'End the daemon and start it again',
  description:
    'Clients wait a moment. HTTP servers live on and are adopted; stdio servers are started anew, and what is in flight on them fails',
  args: [],
  flags: { gatewayPort, quiet: quietFlag() },
  examples: ['holdfast daemon restart'],
  async run({ flags }, context) {
    const places = await context.places();
    await stopDaemon(context, places, true);
    await startDaemon(context, places, daemonArgs(flags.gatewayPort));
    await showStatus(context, 'started');
  },
});

export const daemonStatusCommand = command({
  name: 'daemon status',
  summary: 'Show how the daemon is',
  description: 'Exits with 1 when none runs',
  args: [],
  flags: {},
  examples: ['holdfast daemon status --format json'],
  async run(_input, context) {
    if ((await context.runningApi()) === null) {
      context.output.result({ running: false }, () => 'No daemon runs; a command that needs it starts it.');
      return 1;
    }
    await showStatus(context, 'runs');
    return 0;
  },
});

const daemonArgs = (portGiven: number | undefined): string[] => (portGiven === undefined ? [] : ['--gateway-port', String(portGiven)]);

async function showStatus({ runningApi, output }: Context, how: string): Promise<void> {
  const api = await runningApi();
  const status = await api?.json<DaemonStatus>({ method: 'GET', path: '/v1/daemon' });
  if (status === undefined) return;
  output.result({ running: true, ...status }, () => {
    if (output.quiet) return '';
    const { gateway, workloads } = status;
    return facts([
      ['Daemon', `${how}, version ${status.version}, process ${status.pid}`],
      ['Started', relativeTime(status.started_at, Date.now())],
      ['Gateway', gateway.url ?? `does not listen${gateway.problem === null ? '' : `: ${gateway.problem}`}`],
      ['Workloads', `${workloads.running} of ${workloads.total} running`],
      ['Memory', `${Math.round(status.memory_bytes / 1e6)} MB`],
      ['Home', status.home],
      ['Socket', status.socket],
      ['Log', status.log],
      ['Set aside', status.set_aside.map(({ file, why }) => `${file} was damaged: ${why}`).join('\n')],
    ]);
  });
}
