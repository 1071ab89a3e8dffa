import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ApiClient, createClient } from '../../../src/api/connect/client.ts';
import type { Inspection, Workload } from '../../../src/api/contract/workload.ts';
import type { Home } from '../../support/home.ts';
import { isAlive, processesWith } from '../../support/processes.ts';
import { until } from '../../support/until.ts';

/** The small server of these tests. */
export const LIFE_SERVER = fileURLToPath(new URL('../../support/servers/life-server.mjs', import.meta.url));

/** The smallest one, which boots in no time. */
export const TINY_SERVER = fileURLToPath(new URL('../../support/servers/tiny-server.sh', import.meta.url));

/** How an incarnation lives (test/support/servers/life-server.mjs). */
export interface Life {
  readonly say?: readonly string[];
  readonly exit?: number;
  readonly exitWhenReady?: number;
  readonly deaf?: boolean;
  readonly readyWith?: string;
  readonly stubborn?: boolean;
  readonly escapee?: boolean;
}

/** One start of a server. */
export interface Boot {
  readonly pid: number;
  /** ms since the epoch */
  readonly at: number;
  /** Its grandchild in a session of its own. */
  readonly escapee: number | null;
}

export interface LifeOptions {
  readonly life?: Life;
  readonly transport?: 'stdio' | 'streamable-http';
  /** Further flags of `holdfast run`. */
  readonly flags?: readonly string[];
}

/** The control API of a home's daemon, which must run: a look costs a hundredth of what a command does. */
export function apiOf(home: Home): ApiClient {
  return createClient({ socket: join(home.folder, 'state', 'control.sock'), onOtherVersion: () => undefined });
}

/** A server as a workload whose incarnations do what they are told. */
export class LifeWorkload {
  readonly home: Home;
  readonly name: string;
  readonly api: ApiClient;
  readonly #lifeFile: string;
  readonly #bootsFile: string;
  readonly #options: LifeOptions;

  constructor(home: Home, name: string, options: LifeOptions = {}) {
    this.home = home;
    this.name = name;
    this.api = apiOf(home);
    const folder = join(home.folder, `life-${name}`);
    mkdirSync(folder, { recursive: true });
    this.#lifeFile = join(folder, 'life.json');
    this.#bootsFile = join(folder, 'boots.ndjson');
    this.#options = options;
    this.next(options.life ?? {});
  }

  /** Makes the workload and waits until it is ready. */
  static async run(home: Home, name: string, options: LifeOptions = {}): Promise<LifeWorkload> {
    const workload = new LifeWorkload(home, name, options);
    await home.ok(...workload.command());
    return workload;
  }

  /** The command that makes it. */
  command(...flags: readonly string[]): string[] {
    const files = ['-e', `LIFE=${this.#lifeFile}`, '-e', `BOOTS=${this.#bootsFile}`];
    const { transport = 'stdio', flags: usual = [] } = this.#options;
    return ['run', 'cmd://node', '--name', this.name, '--transport', transport, ...files, ...usual, ...flags, '--', LIFE_SERVER];
  }

  /** How the incarnations live that start from now on. */
  next(life: Life): void {
    writeFileSync(this.#lifeFile, JSON.stringify(life));
  }

  boots(): Boot[] {
    if (!existsSync(this.#bootsFile)) return [];
    const lines = readFileSync(this.#bootsFile, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Boot);
  }

  now(): Promise<Workload> {
    return this.api.json<Workload>({ method: 'GET', path: `/v1/workloads/${this.name}` });
  }

  /** Waits until it is as it should be, and resolves with it. */
  async until(what: string, check: (workload: Workload) => boolean, boundMs?: number): Promise<Workload> {
    let last: Workload | undefined;
    const look = async (): Promise<Workload | undefined> => {
      last = await this.now();
      return check(last) ? last : undefined;
    };
    try {
      return await until(`${this.name} ${what}`, look, boundMs);
    } catch (error) {
      throw new Error(`${(error as Error).message}; it is ${JSON.stringify(last)}`, { cause: error });
    }
  }

  /** Its processes, as the marker in their environment tells, whatever group or session they moved to. */
  processes(): number[] {
    return markedProcesses(this.home, this.name);
  }

  /** SIGKILL; resolves once it is dead. */
  async kill(): Promise<Workload> {
    const before = await this.now();
    killServer(before);
    const { pid } = before;
    await until(`${this.name} is dead`, () => pid !== null && !isAlive(pid));
    return before;
  }

  inspect(): Promise<Inspection> {
    return this.api.json<Inspection>({ method: 'GET', path: `/v1/workloads/${this.name}/inspect` });
  }

  /** What is on disk of it. */
  storedSpec(): Readonly<Record<string, unknown>> {
    return readJson(this.stateFile('spec.json'));
  }

  storedStatus(): Readonly<Record<string, unknown>> {
    return readJson(this.stateFile('status.json'));
  }

  stateFile(name: 'spec.json' | 'status.json'): string {
    return join(this.home.folder, 'state', 'workloads', this.name, name);
  }
}

/** SIGKILL for the process of a workload, which must have one: nothing but that one is signalled. */
export function killServer(workload: Workload): void {
  const { name, pid } = workload;
  if (pid === null || pid <= 1) throw new Error(`${name} has no process: ${JSON.stringify(workload)}`);
  process.kill(pid, 'SIGKILL');
}

function readJson(file: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

/** Living processes that carry the marker of a workload of this home. */
export function markedProcesses(home: Home, name: string): number[] {
  const { id } = JSON.parse(readFileSync(join(home.folder, 'state', 'instance.json'), 'utf8')) as { id: string };
  return processesWith(`HOLDFAST_BACKEND=${id}/${name}/`).map(({ pid }) => pid);
}

/** Waits until a moment has passed: for showing that what was planned for it did not happen. @param at ms since the epoch */
export async function untilPast(at: number): Promise<void> {
  await until(`it is past ${new Date(at).toISOString()}`, () => Date.now() > at);
}
