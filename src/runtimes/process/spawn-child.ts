import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import { spawnError } from './spawn-error.ts';

export interface ChildOrder {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdio: StdioOptions;
  /** File mode bits that files of the process do not get; null = as this process. */
  readonly umask: number | null;
}

/** A process that was started, in a session and group of its own. */
export interface StartedChild {
  readonly child: ChildProcess;
  readonly pid: number;
  /** How it ended, from `exit` and never `close`. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/**
 * Spawns one process and waits until the system has taken or refused it.
 * @param named the program that the error names, where `file` is only in front of it
 * @throws HF_SPAWN_FAILED (may pass), HF_COMMAND_NOT_FOUND, HF_COMMAND_NOT_EXECUTABLE, HF_BAD_SPEC
 */
export async function spawnChild(order: ChildOrder, named: string): Promise<StartedChild> {
  const child = spawnNow(order, named);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(spawnError(named, error)));
  });
  // Later errors are about signals that could not be delivered; the exit tells what became of it.
  child.on('error', () => {});
  const { pid } = child;
  if (pid === undefined) throw new HoldfastError('HF_SPAWN_FAILED', { what: `${named} was started without a process id` });
  return { child, pid, ended };
}

function spawnNow(order: ChildOrder, named: string): ChildProcess {
  // Holdfast's own files are private, but a server writes files of its user. Node has no such option for a child, and the fork happens within
  // the call; another thread that makes a file just now names its mode, or makes it in a private folder.
  const own = order.umask === null ? null : process.umask(order.umask);
  try {
    // A group of its own, so that a Ctrl-C for Holdfast is not one for its servers, and so that the group can be ended as one.
    return spawn(order.file, order.args, { cwd: order.cwd, env: order.env, stdio: order.stdio, detached: true, windowsHide: true });
  } catch (thrown) {
    // Some errors are thrown, others are events.
    throw spawnError(named, thrown);
  } finally {
    if (own !== null) process.umask(own);
  }
}
