import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { daemonRunningExit } from '../api/contract/daemon-exit.ts';
import { asHoldfastError, HoldfastError } from '../core/errors/holdfast-error.ts';
import type { Log } from '../core/ports/log.ts';
import { setPrivateUmask } from '../platform/private-folder.ts';
import { acquireSingleton } from '../platform/singleton.ts';
import { openHome } from '../settings/home.ts';
import { loadSettings, type Settings } from '../settings/settings.ts';
import { createLog } from '../telemetry/log.ts';
import { createRedactor } from '../telemetry/redactor.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { systemClock } from './system-clock.ts';

/** However long servers take to end: a daemon that was told to end does, ms. What is left is the next one's to sweep. */
const END_WITHIN_MS = 50_000;

/**
 * Runs the daemon until it is told to end (by a signal or through its API). @param args `--gateway-port N`
 * Resolves with the exit code; what keeps it from starting is said on stderr.
 */
export async function runDaemon(args: readonly string[]): Promise<number> {
  try {
    return await run(args);
  } catch (error) {
    const { code, message, fix, definition } = asHoldfastError(error);
    process.stderr.write(`error: ${message}\n  fix: ${fix}\n  code: ${code}\n`);
    return code === 'HF_DAEMON_RUNNING' ? daemonRunningExit : definition.exit;
  }
}

async function run(args: readonly string[]): Promise<number> {
  const serverUmask = setPrivateUmask();
  const flags = readFlags(args);
  const { directories } = await openHome();
  const settings = await loadSettings({ config: directories.config, env: process.env, flags });
  const singleton = await acquireSingleton(directories.state);
  if (!singleton) throw new HoldfastError('HF_DAEMON_RUNNING', { what: `A daemon already runs for ${directories.state}` });
  const redactor = createRedactor();
  const logFile = join(directories.state, 'daemon.log');
  const log = createLog({ destination: logFile, level: settings.log.level, redactor, maxBytes: settings.log.maxBytes });
  watchForDefects(log);
  const ending = new Ending();
  const daemon = await startDaemon({
    directories,
    clock: systemClock,
    random: Math.random,
    log,
    logFile,
    serverUmask,
    redactor,
    settings: checked(settings),
    onShutdown: (options) => ending.ask(options.keepServers),
  });
  log.info('the daemon is ready', { pid: process.pid, socket: daemon.socket, port: daemon.gateway.port });
  const keepServers = await ending.asked;
  const code = await endWithin(daemon, keepServers, log);
  await singleton.release();
  log.close();
  return code;
}

function readFlags(args: readonly string[]): { 'gateway.port'?: string } {
  try {
    const { values } = parseArgs({ args: [...args], options: { 'gateway-port': { type: 'string' } } });
    return values['gateway-port'] === undefined ? {} : { 'gateway.port': values['gateway-port'] };
  } catch (error) {
    throw new HoldfastError('HF_USAGE', {
      what: 'The daemon was started with wrong arguments',
      why: (error as Error).message,
      cause: error,
    });
  }
}

/** Other hosts than loopback need the keys of registered clients, which come with the clients' files. */
function checked(settings: Settings): Settings {
  const { host } = settings.gateway;
  if (/^(127\.|localhost$|::1$)/.test(host)) return settings;
  const what = `The gateway cannot listen on ${host}`;
  throw new HoldfastError('HF_UNSUPPORTED', { what, why: 'only loopback addresses are allowed', fix: 'Leave gateway.host at 127.0.0.1.' });
}

/** A defect must not end what keeps clients connected: it is logged, and supervision goes on. */
function watchForDefects(log: Log): void {
  const report = (kind: string) => (error: unknown) => {
    log.error('a defect of Holdfast', { kind, error: String(error), stack: error instanceof Error ? (error.stack ?? '') : '' });
  };
  process.on('uncaughtException', report('exception'));
  process.on('unhandledRejection', report('rejection'));
}

/** Somebody asks the daemon to end: the API, or a signal. */
class Ending {
  readonly asked: Promise<boolean>;
  private resolve: (keepServers: boolean) => void = () => undefined;

  constructor() {
    // Nothing else keeps the process alive while the gateway's port is taken.
    const alive = setInterval(() => undefined, 2_147_483_647);
    this.asked = new Promise<boolean>((resolve) => {
      this.resolve = resolve;
    }).finally(() => clearInterval(alive));
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.ask(false));
    // The terminal that it was started from is not its business.
    process.on('SIGHUP', () => undefined);
  }

  ask(keepServers: boolean): void {
    this.resolve(keepServers);
  }
}

async function endWithin(daemon: Daemon, keepServers: boolean, log: Log): Promise<number> {
  const late = new Promise<number>((resolve) => {
    setTimeout(() => {
      log.error('the daemon could not end in order', { afterMs: END_WITHIN_MS });
      resolve(1);
    }, END_WITHIN_MS).unref();
  });
  const ended = daemon.stop({ keepServers }).then(
    () => 0,
    (error: unknown) => {
      log.error('the daemon did not end in order', { error: asHoldfastError(error).message });
      return 1;
    },
  );
  return Promise.race([ended, late]);
}
