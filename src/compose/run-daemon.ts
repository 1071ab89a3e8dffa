import { join } from 'node:path';
import { daemonRunningExit } from '../api/contract/daemon-exit.ts';
import { asHoldfastError } from '../core/errors/holdfast-error.ts';
import type { Log } from '../core/ports/log.ts';
import { resolveDirectories } from '../platform/directories.ts';
import { prepareDirectories, setPrivateUmask } from '../platform/private-folder.ts';
import { portOwner } from '../platform/process-tree/port-owner.ts';
import { acquireSingleton } from '../platform/singleton.ts';
import { workloadDefaults } from '../usecases/workload-defaults.ts';
import { alreadyRunning, startDaemon } from './daemon.ts';
import { systemClock } from './system-clock.ts';

function consoleLog(fields: Readonly<Record<string, unknown>>): Log {
  const write = (level: string) => (message: string, more?: Readonly<Record<string, unknown>>) =>
    void process.stderr.write(`${JSON.stringify({ time: Date.now(), level, message, ...fields, ...more })}\n`);
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (more) => consoleLog({ ...fields, ...more }),
  };
}

export async function runDaemon(args: readonly string[]): Promise<number> {
  setPrivateUmask();
  const directories = resolveDirectories();
  await prepareDirectories(directories);
  const singleton = await acquireSingleton(directories.state);
  if (!singleton) {
    process.stderr.write(`${alreadyRunning(directories.state).explain()}\n`);
    return daemonRunningExit;
  }
  const at = args.indexOf('--gateway-port');
  const gatewayPort = Number(at >= 0 ? args[at + 1] : (process.env['HOLDFAST_GATEWAY_PORT'] ?? 7420));
  return new Promise<number>((resolve) => {
    let stop: ((keep: boolean) => void) | null = null;
    const keep = setInterval(() => undefined, 3_600_000);
    startDaemon({
      directories,
      clock: systemClock,
      random: Math.random,
      log: consoleLog({}),
      logFile: join(directories.state, 'daemon.log'),
      daemonLogs: { read: async function* () {} },
      host: '127.0.0.1',
      gatewayPort,
      defaults: workloadDefaults,
      redact: (text) => text,
      peerAllowed: () => true,
      portOwner: async (port) => {
        const owner = await portOwner(port);
        return owner ? JSON.stringify(owner) : null;
      },
      onShutdown: ({ keepServers }) => stop?.(keepServers),
    })
      .then((daemon) => {
        stop = (keepServers) => {
          clearInterval(keep);
          daemon.stop({ keepServers }).then(
            () => resolve(0),
            (error: unknown) => {
              process.stderr.write(`${asHoldfastError(error).explain()}\n`);
              resolve(1);
            },
          );
        };
        for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop?.(false));
      })
      .catch((error: unknown) => {
        process.stderr.write(`${asHoldfastError(error).explain()}\n${String((error as Error).stack)}\n`);
        clearInterval(keep);
        resolve(1);
      });
  });
}
