import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workload } from '../../../../src/api/contract/workload.ts';
import type { EngineAddress } from '../../../support/engine/api.ts';
import { ensureImages, imageName } from '../../../support/engine/images.ts';
import { type InspectedContainer, type ListedContainer, Outside } from '../../../support/engine/outside.ts';
import type { Home } from '../../../support/home.ts';
import { JournaledServer } from '../../../support/journaled-server.ts';
import type { Conduct } from '../../../support/servers/fixture-conduct.mjs';
import { until } from '../../../support/until.ts';

export interface ContainedServerOptions {
  readonly kind?: 'stdio' | 'http';
  /** Flags of `holdfast run`. */
  readonly flags?: readonly string[];
  readonly conduct?: Conduct;
}

/** A fixture server in a container, as a workload. */
export class ContainedServer extends JournaledServer {
  readonly home: Home;
  readonly engine: EngineAddress;
  readonly url: string;

  private constructor(home: Home, engine: EngineAddress, name: string, url: string) {
    super(home.folder, name);
    this.home = home;
    this.engine = engine;
    this.url = url;
  }

  /** The home's environment names the engine. */
  static async run(home: Home, engine: EngineAddress, name: string, options: ContainedServerOptions = {}): Promise<ContainedServer> {
    await ensureImages(engine, 'fixture');
    const server = new ContainedServer(home, engine, name, '');
    if (options.conduct) server.behave(options.conduct);
    const listed = JSON.parse(await home.ok(...server.#command(options))) as Workload;
    return new ContainedServer(home, engine, name, listed.url);
  }

  /** How often it was booted. */
  boots(): number {
    return this.journal().filter(({ what }) => what === 'boot').length;
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

  #command({ kind = 'stdio', flags = [] }: ContainedServerOptions): string[] {
    const transport = `--transport=${kind === 'stdio' ? 'stdio' : 'streamable-http'}`;
    return ['run', imageName('fixture'), `--name=${this.name}`, '--format=json', transport, ...this.mounted(), ...flags];
  }
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
