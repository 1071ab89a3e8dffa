import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ApiClient } from '../../../src/api/connect/client.ts';
import type { Inspection, Workload } from '../../../src/api/contract/workload.ts';
import { containerProcesses } from '../../support/engine/container-processes.ts';
import { imageName } from '../../support/engine/images.ts';
import { killServerOf } from '../../support/fixture.ts';
import type { Home } from '../../support/home.ts';
import { isAlive } from '../../support/processes.ts';
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
  /** Names the incarnation. The tool `who` says it. */
  readonly boot: string;
  /** As it sees it itself: in containers often the same for all. */
  readonly pid: number;
  /** The beginning of a container's id, where it runs in one. */
  readonly host: string;
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

/** What lives of an incarnation. */
export interface Alive {
  readonly server: boolean;
  readonly escapee: boolean;
}

/** A server as a workload whose incarnations do what they are told, on the runtime of its home. */
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
    this.api = home.api();
    const folder = join(livesFolder(home), name);
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
    const named = ['--name', this.name, '--transport', transport, ...files, ...usual, ...flags];
    if (this.home.engine === null) return ['run', 'cmd://node', ...named, '--', LIFE_SERVER];
    // Paths of files are the same inside.
    const lives = livesFolder(this.home);
    return ['run', imageName('fixture'), ...named, '--volume', `${lives}:${lives}`, '--', 'life'];
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

  /** Its processes, whatever group or session they moved to. */
  processes(): Promise<number[]> {
    return this.home.pids(this.name);
  }

  /** What lives of an incarnation, whatever Holdfast and the engine say. */
  aliveOf({ boot, pid, host, escapee }: Boot): Alive {
    if (this.home.engine === null) return { server: isAlive(pid), escapee: escapee !== null && isAlive(escapee) };
    // Of the runs of one container, which number their processes alike, only the last can live.
    const isLast = this.boots().findLast((other) => other.host === host)?.boot === boot;
    const inside = isLast ? containerProcesses(host).map(({ innerPid }) => innerPid) : [];
    return { server: inside.includes(pid), escapee: escapee !== null && inside.includes(escapee) };
  }

  /** SIGKILL; resolves once it is dead. */
  async kill(): Promise<Workload> {
    const before = await this.now();
    const boot = this.boots().at(-1);
    killServerOf(before);
    await until(`${this.name} is dead`, () => boot !== undefined && !this.aliveOf(boot).server);
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

/** Where the lives of a home's servers are told: all that they read and write. */
export function livesFolder(home: Home): string {
  return join(home.folder, 'lives');
}

function readJson(file: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

/** Waits until a moment has passed: for showing that what was planned for it did not happen. @param at ms since the epoch */
export async function untilPast(at: number): Promise<void> {
  await until(`it is past ${new Date(at).toISOString()}`, () => Date.now() > at);
}
