import { type ChildProcess, execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchContext } from '../bench.ts';
import { until } from '../processes/started-processes.ts';

const run = promisify(execFile);
const DAEMON_WITHIN_MS = 15_000;

/** A workload as `holdfast ls --format json` shows it, as far as the benchmarks look at it. */
export interface Listed {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly generation: number;
}

/** The same for one in a container. */
export interface ListedContainer extends Listed {
  readonly container: { readonly id: string };
}

/** An event as `holdfast events --format json` shows it. */
export interface HoldfastEvent {
  /** ISO time. */
  readonly at: string;
  readonly type: string;
  readonly workload: string | null;
  readonly data: { readonly generation?: number };
}

/** A Holdfast of its own, with a home and a port of its own. */
export interface PrivateHoldfast {
  /** Pid of the daemon. */
  readonly pid: number;
  /** The command line's standard output. Rejects with what it said on stderr. */
  cli(...args: string[]): Promise<string>;
  /** How the command line is started, to time it as a process. */
  readonly command: { readonly file: string; readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv };
  /** Makes a workload of the benchmark's server that is restarted at once, for ever. */
  workload(name: string, flags: readonly string[], command: readonly string[]): Promise<Listed>;
  /** The same in a container. */
  container(name: string, image: string, flags: readonly string[], args: readonly string[]): Promise<ListedContainer>;
  events(): Promise<HoldfastEvent[]>;
  /** Ends the daemon with all that it runs, and removes the home. */
  end(): Promise<void>;
}

/** Benchmarks kill far more often than a restart policy is made for: `runtimes.md` wants these set, and said. */
export const RESTART_FLAGS = ['--restart-stable', '0', '--restart-immediate', 'unlimited', '--restart-attempts', '0'] as const;
export const RESTART_NOTE = `workloads run with ${RESTART_FLAGS.join(' ')}: a benchmark kills more often than the default policy forgives`;

/**
 * @param program folder of the built programs
 * @param more variables of its environment
 */
export async function startHoldfast(
  { started, folder, options }: BenchContext,
  program = options.program,
  more: Readonly<Record<string, string>> = {},
): Promise<PrivateHoldfast> {
  const home = await mkdtemp(join(folder, 'home-'));
  const env = { ...process.env, HOLDFAST_HOME: home, HOLDFAST_GATEWAY_PORT: '0', NO_COLOR: '1', ...more };
  const cliFile = join(program, 'holdfast.js');
  const cli = async (...args: string[]): Promise<string> => {
    try {
      return (await run(process.execPath, [cliFile, ...args], { env, maxBuffer: 256 * 1024 * 1024 })).stdout;
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: string };
      throw new Error(`holdfast ${args[0] ?? ''} failed: ${stderr?.trim() || message}`, { cause: error });
    }
  };
  const daemon = started.spawn(process.execPath, [...options.daemonNodeArgs, join(program, 'holdfastd.js'), '--gateway-port', '0'], {
    env,
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  await until('the daemon answers', DAEMON_WITHIN_MS, () => answers(cli, daemon), 50);
  return {
    pid: daemon.pid ?? 0,
    cli,
    command: { file: process.execPath, args: [cliFile], env },
    async workload(name, flags, [file = '', ...args]) {
      const text = await cli('run', `cmd://${file}`, '--name', name, ...RESTART_FLAGS, ...flags, '--format', 'json', '--', ...args);
      return JSON.parse(text) as Listed;
    },
    async container(name, image, flags, args) {
      const text = await cli('run', image, '--name', name, ...RESTART_FLAGS, ...flags, '--format', 'json', '--', ...args);
      return JSON.parse(text) as ListedContainer;
    },
    async events() {
      const text = await cli('events', '--format', 'json');
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as HoldfastEvent);
    },
    async end() {
      await cli('daemon', 'stop');
      await until('the daemon has ended', DAEMON_WITHIN_MS, () => daemon.exitCode !== null || daemon.signalCode !== null);
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function answers(cli: PrivateHoldfast['cli'], daemon: ChildProcess): Promise<boolean> {
  if (daemon.exitCode !== null) throw new Error(`the daemon ended with exit code ${daemon.exitCode}`);
  // `daemon status` exits with 1 while no daemon answers.
  return cli('daemon', 'status').then(
    () => true,
    () => false,
  );
}
