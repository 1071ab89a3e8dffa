import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { parse } from 'node:path';

export interface BackgroundProgram {
  /** Absolute path. */
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment. A relative HOLDFAST_HOME in it would lead elsewhere: the program runs in the root folder. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gets stdout and stderr, appended; created 0600. Absolute path. */
  readonly logFile: string;
}

export interface BackgroundProcess {
  readonly pid: number;
  /** Resolves when it ends, while the starter lives. Does not keep the starter alive. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/**
 * Starts a program that outlives this process and its terminal: a session of its own, no input, and its working directory keeps no file
 * system busy. Rejects with the system's error when it cannot be started.
 */
export async function startInBackground(program: BackgroundProgram): Promise<BackgroundProcess> {
  const log = await open(program.logFile, 'a', 0o600);
  try {
    const child = spawn(program.file, program.args, {
      cwd: parse(program.logFile).root,
      env: program.env,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      windowsHide: true,
    });
    const ended: BackgroundProcess['ended'] = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    const pid = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('spawn', () => resolve(child.pid ?? 0));
    });
    child.unref();
    return { pid, ended };
  } finally {
    await log.close();
  }
}
