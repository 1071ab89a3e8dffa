import { connect as connectSocket } from 'node:net';
import { daemonRunningExit } from '../contract/daemon-exit.ts';
import { HoldfastError } from '../contract/errors.ts';
import { type ApiClient, type ClientOptions, createClient } from './client.ts';
import { lastLogLines } from './log-tail.ts';

const START_TIMEOUT_MS = 10_000;
const POLL_MS = 20;

/** How a daemon's process ended. */
export interface DaemonEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface ConnectOptions extends ClientOptions {
  /** Path of the daemon's log, for the error message. */
  readonly logFile: string;
  /** Starts a daemon in the background; resolves when it has ended. Rejects when it could not be started. */
  readonly startDaemon: () => Promise<DaemonEnd>;
  /** Told when a daemon has to be started. */
  readonly onStart?: () => void;
}

/** A client of the daemon that runs, which is started where none does. Two that start one at once end with one: the daemon sees to it. @throws HF_DAEMON_UNREACHABLE */
export async function connect(options: ConnectOptions): Promise<ApiClient> {
  if (!(await daemonListens(options.socket))) {
    options.onStart?.();
    await startAndWait(options);
  }
  return createClient(options);
}

/** A client of the daemon that runs, or null; starts nothing. */
export async function connectIfRunning(options: ClientOptions): Promise<ApiClient | null> {
  return (await daemonListens(options.socket)) ? createClient(options) : null;
}

/** Whether somebody accepts connections at the control socket. */
export function daemonListens(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connectSocket(socket);
    connection.once('connect', () => {
      connection.destroy();
      resolve(true);
    });
    // Not there, or left over from a daemon that died: either way nobody listens.
    connection.once('error', () => resolve(false));
  });
}

/** Waits until the control socket is served, or not any more. @returns false when it took too long */
export async function awaitDaemon(socket: string, listening: boolean, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while ((await daemonListens(socket)) !== listening) {
    if (performance.now() > deadline) return false;
    await pause(POLL_MS);
  }
  return true;
}

async function startAndWait({ socket, logFile, startDaemon }: ConnectOptions): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  let failure: string | null = null;
  startDaemon().then(
    ({ code, signal }) => {
      // One that lost the race against another: that one answers soon.
      if (code === daemonRunningExit) return;
      failure = signal === null ? `it ended with exit code ${code ?? 'unknown'}` : `it was ended by ${signal}`;
    },
    (error: unknown) => (failure = String(error)),
  );
  while (!(await daemonListens(socket))) {
    if (performance.now() > deadline) failure ??= `nobody answered at ${socket} within ${START_TIMEOUT_MS / 1000} s`;
    if (failure !== null) throw await notStarted(logFile, failure);
    await pause(POLL_MS);
  }
}

async function notStarted(logFile: string, why: string): Promise<HoldfastError> {
  const lines = await lastLogLines(logFile, 10);
  return new HoldfastError('HF_DAEMON_UNREACHABLE', {
    what: 'The daemon could not be started',
    why,
    fix: `Its log is ${logFile}.`,
    data: { log: logFile, lastLines: lines },
  });
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
