import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workload } from '../../../../src/api/contract/workload.ts';
import type { EngineAddress } from '../../../support/engine/api.ts';
import { ensureImages, imageName } from '../../../support/engine/images.ts';
import { type InspectedContainer, type ListedContainer, Outside } from '../../../support/engine/outside.ts';
import type { JournalEntry } from '../../../support/fixture.ts';
import type { Home } from '../../../support/home.ts';
import type { Conduct } from '../../../support/servers/fixture-conduct.mjs';
import { until } from '../../../support/until.ts';

export interface ContainedServerOptions {
  readonly kind?: 'stdio' | 'http';
  /** Flags of `holdfast run`. */
  readonly flags?: readonly string[];
  readonly conduct?: Conduct;
}

/** A fixture server in a container, as a workload. */
export class ContainedServer {
  readonly home: Home;
  readonly engine: EngineAddress;
  readonly name: string;
  readonly url: string;
  readonly #folder: string;

  private constructor(home: Home, engine: EngineAddress, name: string, url: string) {
    this.home = home;
    this.engine = engine;
    this.name = name;
    this.url = url;
    this.#folder = folderOf(home, name);
  }

  /** The home's environment names the engine. */
  static async run(home: Home, engine: EngineAddress, name: string, options: ContainedServerOptions = {}): Promise<ContainedServer> {
    await ensureImages(engine, 'fixture');
    const server = new ContainedServer(home, engine, name, '');
    if (options.conduct) server.behave(options.conduct);
    const listed = JSON.parse(await home.ok(...runCommand(home, name, options))) as Workload;
    return new ContainedServer(home, engine, name, listed.url);
  }

  /** How the next incarnation behaves. */
  behave(conduct: Conduct): void {
    writeFileSync(join(this.#folder, 'conduct.json'), JSON.stringify(conduct));
  }

  journal(): JournalEntry[] {
    const file = join(this.#folder, 'journal.ndjson');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as JournalEntry);
  }

  /** How often it was booted. */
  boots(): number {
    return this.journal().filter(({ what }) => what === 'boot').length;
  }

  /** Messages of one method that reached it, in all its incarnations. */
  received(method: string): JournalEntry[] {
    return this.journal().filter((entry) => entry.what === 'received' && entry.method === method);
  }

  /** How often a tool began to run. @param tag only calls with it */
  executions(tool: string, tag?: string): number {
    return this.journal().filter((entry) => entry.what === 'executed' && entry.tool === tool && (tag === undefined || entry.tag === tag))
      .length;
  }

  untilExecuted(tool: string, tag?: string): Promise<true> {
    return until(`${this.name} executes ${tool} ${tag ?? ''}`, () => this.executions(tool, tag) > 0 || undefined);
  }

  listed(): Promise<Workload> {
    return this.home.workload(this.name);
  }

  until(what: string, check: (workload: Workload) => boolean, boundMs?: number): Promise<Workload> {
    return this.home.untilWorkload(this.name, what, check, boundMs);
  }

  /** As the engine shows it. @throws Error where it has none of that name */
  async container(): Promise<InspectedContainer> {
    const found = await new Outside(this.engine).inspect(this.name);
    if (!found) throw new Error(`the engine has no ${this.name}`);
    return found;
  }

  /** What the restart policy has on disk: consecutive restarts without a stable run. */
  attempts(): number {
    const file = join(this.home.folder, 'state', 'workloads', this.name, 'status.json');
    return (JSON.parse(readFileSync(file, 'utf8')) as { ladder: { attempts: number } }).ladder.attempts;
  }
}

function folderOf(home: Home, name: string): string {
  const folder = join(home.folder, `fixture-${name}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

function runCommand(home: Home, name: string, { kind = 'stdio', flags = [] }: ContainedServerOptions): string[] {
  return [
    'run',
    imageName('fixture'),
    `--name=${name}`,
    '--format=json',
    `--transport=${kind === 'stdio' ? 'stdio' : 'streamable-http'}`,
    '--env=CONDUCT=/fixture/conduct.json',
    '--env=JOURNAL=/fixture/journal.ndjson',
    `--volume=${folderOf(home, name)}:/fixture`,
    ...flags,
  ];
}

/** Environment of a command line that finds exactly this engine. */
export function findsEngine(engine: Pick<EngineAddress, 'socket'>): Record<string, string> {
  return { DOCKER_HOST: `unix://${engine.socket}` };
}

/** Names of the containers and networks of a home that the engine has, running or not. */
export async function leftAtEngine(engine: EngineAddress, home: Home): Promise<string[]> {
  const outside = new Outside(engine);
  const label = `holdfast.instance=${instanceOf(home)}`;
  const containers = await outside.list(label);
  const networks = await outside.networks(label);
  return [...containers.map(({ Names }) => `container ${Names.join()}`), ...networks.map(({ Name }) => `network ${Name}`)];
}

/** The containers of a home that the engine has, running or not. */
export function containersOf(engine: EngineAddress, home: Home): Promise<ListedContainer[]> {
  return new Outside(engine).list(`holdfast.instance=${instanceOf(home)}`);
}

function instanceOf(home: Home): string {
  return (JSON.parse(readFileSync(join(home.folder, 'state', 'instance.json'), 'utf8')) as { id: string }).id;
}
