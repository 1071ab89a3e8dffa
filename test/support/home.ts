import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiClient, createClient } from '../../src/api/connect/client.ts';
import type { DaemonStatus } from '../../src/api/contract/daemon.ts';
import type { ListResult } from '../../src/api/contract/results.ts';
import type { HoldfastEvent } from '../../src/api/contract/streams.ts';
import type { Workload } from '../../src/api/contract/workload.ts';
import type { EngineAddress } from './engine/api.ts';
import { containerProcesses } from './engine/container-processes.ts';
import { Outside } from './engine/outside.ts';
import { daemonLog, defectsIn, instanceOf, leftAt, leftOver } from './home-traces.ts';
import { type FoundProcess, isAlive, processesWith } from './processes.ts';
import { builtProgram } from './program.ts';
import { until } from './until.ts';

/** No command of a test takes longer, ms. */
const COMMAND_BOUND_MS = 90_000;

/** What a command said. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program to be started. */
export interface Program {
  readonly command: string;
  readonly args: string[];
  readonly env: Record<string, string>;
  readonly cwd: string;
}

/** A Holdfast of its own: a temporary home, its port, its daemon. */
export interface Home {
  readonly folder: string;
  /** Where its images run; null = it finds what the machine has. */
  readonly engine: EngineAddress | null;
  /** How somebody else starts the built command line with these arguments. */
  program(...args: string[]): Program;
  /** Runs the built command line; resolves whatever its exit code. */
  run(...args: string[]): Promise<Said>;
  /** The same, with that on its stdin. */
  feed(stdin: string | Uint8Array, ...args: string[]): Promise<Said>;
  /** The same where exit code 0 is expected: resolves with stdout, rejects with what was said on stderr. */
  ok(...args: string[]): Promise<string>;
  /** One workload of `ls -a`. */
  workload(name: string): Promise<Workload>;
  /** The control API of the daemon, which must run: a look costs a hundredth of what a command does. */
  api(): ApiClient;
  /** Waits until a workload is as it should be, and resolves with it. The first look is a command, which starts a daemon that is missing. */
  untilWorkload(name: string, what: string, check: (workload: Workload) => boolean, boundMs?: number): Promise<Workload>;
  events(...args: string[]): Promise<HoldfastEvent[]>;
  /** The processes of a workload's servers, all generations and sessions, but none in containers. */
  processes(workload: string): FoundProcess[];
  /** The same pids whatever it runs on: also of all that runs in its containers. */
  pids(workload: string): Promise<number[]>;
  daemon(): Promise<DaemonStatus>;
  /** SIGKILL; resolves when it is dead. */
  killDaemon(): Promise<void>;
  /**
   * Ends the daemon and removes the home. Fails when a process of it is left over, when its engine has something of it that no workload
   * accounts for, or when its log tells of a defect.
   * Whatever it finds, nothing is running afterwards.
   */
  end(): Promise<void>;
}

/**
 * @param env more variables for the command line and the daemon
 * @param engine the one engine that is found
 * @param enter what every command line begins with: a program that runs it elsewhere
 */
export async function createHome(
  env: Readonly<Record<string, string>> = {},
  engine: EngineAddress | null = null,
  enter: readonly string[] = [],
): Promise<Home> {
  const program = await builtProgram();
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-e2e-'));
  const commandEnv = {
    ...passedEnv(),
    NO_COLOR: '1',
    HOLDFAST_HOME: folder,
    HOLDFAST_GATEWAY_PORT: '0',
    ...environmentFor(engine),
    ...env,
  };

  const feed = (stdin: string | Uint8Array | null, ...args: string[]): Promise<Said> =>
    new Promise((resolve) => {
      const options = { env: commandEnv, cwd: folder, timeout: COMMAND_BOUND_MS, maxBuffer: 64 * 1024 * 1024 };
      const [command = '', ...rest] = [...enter, process.execPath, program, ...args];
      const child = execFile(command, rest, options, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr });
      });
      // A command that does not read it may end first.
      child.stdin?.on('error', () => undefined);
      if (stdin !== null) child.stdin?.end(stdin);
    });

  const run = (...args: string[]): Promise<Said> => feed(null, ...args);

  const ok = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...args);
    if (code !== 0) throw new Error(`holdfast ${args.join(' ')} ended with ${code}: ${stderr.trim()}\n${daemonLog(folder).slice(-2_000)}`);
    return stdout;
  };

  const daemon = async (): Promise<DaemonStatus> => JSON.parse(await ok('daemon', 'status', '--format', 'json')) as DaemonStatus;

  const list = async (): Promise<Workload[]> => JSON.parse(await ok('ls', '-a', '--format', 'json')) as Workload[];

  const api = (): ApiClient => createClient({ socket: join(folder, 'state', 'control.sock'), onOtherVersion: () => undefined });

  const look = async (): Promise<readonly Workload[]> =>
    (await api().json<ListResult>({ method: 'GET', path: '/v1/workloads', query: { all: 'true' } })).workloads;

  const processes = (workload: string): FoundProcess[] => {
    const instance = instanceOf(folder);
    return instance === null ? [] : processesWith(`HOLDFAST_BACKEND=${instance}/${workload}/`);
  };

  return {
    folder,
    engine,
    program: (...args) => ({ command: process.execPath, args: [program, ...args], env: commandEnv, cwd: folder }),
    run,
    feed,
    ok,
    daemon,
    api,
    async workload(name) {
      const found = (await list()).find((workload) => workload.name === name);
      if (!found) throw new Error(`${name} is not listed`);
      return found;
    },
    async untilWorkload(name, what, check, boundMs) {
      let last: Workload | undefined;
      let lookAtAll = (): Promise<readonly Workload[]> => list();
      const find = async (): Promise<Workload | undefined> => {
        last = (await lookAtAll()).find((workload) => workload.name === name);
        lookAtAll = look;
        return last && check(last) ? last : undefined;
      };
      try {
        return await until(`${name} ${what}`, find, boundMs);
      } catch (error) {
        throw new Error(`${(error as Error).message}; it is ${JSON.stringify(last)}`, { cause: error });
      }
    },
    async events(...args) {
      const lines = await ok('events', '--format', 'json', ...args);
      return lines
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as HoldfastEvent);
    },
    processes,
    async pids(workload) {
      const instance = instanceOf(folder);
      if (engine === null || instance === null) return processes(workload).map(({ pid }) => pid);
      const containers = await new Outside(engine).list(`holdfast.instance=${instance}`);
      const ids = containers.filter(({ Labels }) => Labels?.['holdfast.workload'] === workload).map(({ Id }) => Id);
      return [...processes(workload), ...ids.flatMap(containerProcesses)].map(({ pid }) => pid);
    },
    async killDaemon() {
      const { pid } = await daemon();
      process.kill(pid, 'SIGKILL');
      await until('the daemon is dead', () => !isAlive(pid));
    },
    async end() {
      const stopped = await run('daemon', 'stop');
      const left = [...(await leftOver(folder)), ...(await leftAt(engine, folder))];
      const defects = defectsIn(daemonLog(folder));
      await rm(folder, { recursive: true, force: true });
      if (stopped.code !== 0) throw new Error(`the daemon could not be ended: ${stopped.stderr}`);
      if (left.length > 0) throw new Error(`something was left over: ${left.join('; ')}`);
      if (defects.length > 0) throw new Error(`the daemon's log tells of a defect:\n${defects.join('\n')}`);
    },
  };
}

/** What a shell would have; nothing of the test runner, nothing of another Holdfast. */
function passedEnv(): Record<string, string> {
  const passed = /^(PATH|HOME|LANG|TMPDIR|(UV|PIP|SSL_CERT|NODE_EXTRA_CA|NPM_CONFIG)_.*|(HTTPS?|NO|ALL)_PROXY)$/i;
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => passed.test(entry[0]) && entry[1] !== undefined),
  );
}

/** What tells a command line which engine there is. */
export function environmentFor(engine: EngineAddress | null): Record<string, string> {
  return engine === null ? {} : { DOCKER_HOST: `unix://${engine.socket}` };
}
