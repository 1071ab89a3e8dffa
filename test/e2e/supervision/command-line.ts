import { execFile } from 'node:child_process';
import type { Said } from '../../support/home.ts';
import { builtProgram } from '../../support/program.ts';

const BOUND_MS = 30_000;

/** Runs the built command line for a home that may be unusable. Nothing cleans up after it: a daemon that it starts is the caller's. */
export async function commandLine(home: string, ...args: readonly string[]): Promise<Said> {
  const program = await builtProgram();
  const { PATH = '' } = process.env;
  const env = { PATH, NO_COLOR: '1', HOME: home, HOLDFAST_HOME: home, HOLDFAST_GATEWAY_PORT: '0' };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env, timeout: BOUND_MS, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr });
    });
  });
}
