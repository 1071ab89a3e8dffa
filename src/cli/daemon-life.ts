import type { ApiClient } from '../api/connect/client.ts';
import { awaitDaemon, connect } from '../api/connect/connect.ts';
import type { DaemonStatus } from '../api/contract/daemon.ts';
import { HoldfastError } from '../api/contract/errors.ts';
import type { Context } from './context.ts';
import type { Places } from './places.ts';

/** A daemon that lets its servers end in peace may take as long as they may. */
const STOP_TIMEOUT_MS = 60_000;
/** One that does not answer because it ends is gone this soon. */
const ENDING_TIMEOUT_MS = 2_000;

/** Starts the daemon unless it runs. @param args for it */
export async function startDaemon(
  { output }: Context,
  { socket, logFile, startDaemon: start }: Places,
  args: readonly string[],
): Promise<ApiClient> {
  return connect({
    socket,
    logFile,
    startDaemon: () => start(args),
    onOtherVersion: (version) => output.note(`The daemon is of version ${version}.`),
  });
}

/** Ends the daemon and waits until it is gone. @returns false when none ran. @throws HF_DAEMON_UNREACHABLE when it does not end */
export async function stopDaemon(context: Context, { socket, logFile }: Places, keepServers: boolean): Promise<boolean> {
  const api = await context.runningApi();
  if (api === null) return false;
  let pid: number | null = null;
  try {
    pid = (await api.json<DaemonStatus>({ method: 'GET', path: '/v1/daemon' })).pid;
    await api.json({ method: 'POST', path: '/v1/daemon/stop', body: { keep_servers: keepServers } });
  } catch (error) {
    // Somebody else may have told it to end a moment before.
    const isUnreachable = error instanceof HoldfastError && error.code === 'HF_DAEMON_UNREACHABLE';
    if (isUnreachable && (await awaitDaemon(socket, false, ENDING_TIMEOUT_MS))) return true;
    throw error;
  }
  if (await awaitDaemon(socket, false, STOP_TIMEOUT_MS)) {
    if (pid !== null) await untilGone(pid);
    return true;
  }
  throw new HoldfastError('HF_DAEMON_UNREACHABLE', {
    what: `The daemon was told to end and still runs after ${STOP_TIMEOUT_MS / 1000} s`,
    fix: `Its log is ${logFile}.`,
  });
}

/**
 * The socket goes before the process does, which closes its files last: whoever removes or unmounts the home next must not meet them.
 * Where nobody collects a dead process it looks alive, so the wait is short.
 */
async function untilGone(pid: number): Promise<void> {
  const deadline = performance.now() + ENDING_TIMEOUT_MS;
  while (isAlive(pid) && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // No such process; that it might be another user's cannot be, it was our daemon.
    return false;
  }
}
