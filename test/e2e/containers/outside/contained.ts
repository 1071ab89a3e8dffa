import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workload } from '../../../../src/api/contract/workload.ts';
import { imageName } from '../../../support/engine/images.ts';
import type { InspectedContainer } from '../../../support/engine/outside.ts';
import type { JournalEntry } from '../../../support/fixture.ts';
import type { Conduct } from '../../../support/servers/fixture-conduct.mjs';
import { until } from '../../../support/until.ts';
import type { Scene } from './scene.ts';

export interface ContainedOptions {
  readonly transport?: 'stdio' | 'http';
  /** Flags of `holdfast run`. */
  readonly flags?: readonly string[];
  readonly conduct?: Conduct;
  /** The fixture's where absent. */
  readonly image?: string;
}

/** A fixture server in a container, as a workload. Looks at it go to the control API, which costs less than a command. */
export class Contained {
  readonly scene: Scene;
  readonly name: string;
  readonly url: string;
  readonly folder: string;

  private constructor(scene: Scene, name: string, url: string) {
    this.scene = scene;
    this.name = name;
    this.url = url;
    this.folder = join(scene.home.folder, `fixture-${name}`);
  }

  static async run(scene: Scene, name: string, options: ContainedOptions = {}): Promise<Contained> {
    const draft = new Contained(scene, name, '');
    mkdirSync(draft.folder, { recursive: true });
    if (options.conduct) draft.behave(options.conduct);
    const listed = JSON.parse(await scene.home.ok(...draft.#command(options))) as Workload;
    return new Contained(scene, name, listed.url);
  }

  /** How the next incarnation behaves. */
  behave(conduct: Conduct): void {
    writeFileSync(join(this.folder, 'conduct.json'), JSON.stringify(conduct));
  }

  journal(): JournalEntry[] {
    const file = join(this.folder, 'journal.ndjson');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as JournalEntry);
  }

  boots(): number {
    return this.journal().filter(({ what }) => what === 'boot').length;
  }

  /** Messages of one method that reached it, in all its incarnations. */
  received(method: string): JournalEntry[] {
    return this.journal().filter((entry) => entry.what === 'received' && entry.method === method);
  }

  executions(tool: string, tag: string): number {
    return this.journal().filter((entry) => entry.what === 'executed' && entry.tool === tool && entry.tag === tag).length;
  }

  now(): Promise<Workload> {
    return this.scene.api().json<Workload>({ method: 'GET', path: `/v1/workloads/${this.name}` });
  }

  /** Waits until it is as it should be, and resolves with it. */
  async until(what: string, check: (workload: Workload) => boolean, boundMs?: number): Promise<Workload> {
    let last: Workload | undefined;
    const look = async (): Promise<boolean> => check((last = await this.now()));
    await until(`${this.name} ${what}`, look, boundMs).catch((error: Error) => {
      throw new Error(`${error.message}; it is ${JSON.stringify(last)}`, { cause: error });
    });
    return last as Workload;
  }

  /** As the engine shows it. @throws Error where it has none */
  async container(): Promise<InspectedContainer> {
    const found = await this.scene.outside.inspect(this.name);
    if (found === null) throw new Error(`the engine has no container ${this.name}`);
    return found;
  }

  #command({ transport = 'stdio', flags = [], image = imageName('fixture') }: ContainedOptions): string[] {
    return [
      'run',
      image,
      `--name=${this.name}`,
      '--format=json',
      `--transport=${transport === 'stdio' ? 'stdio' : 'streamable-http'}`,
      '--env=CONDUCT=/fixture/conduct.json',
      '--env=JOURNAL=/fixture/journal.ndjson',
      `--volume=${this.folder}:/fixture`,
      ...flags,
    ];
  }
}
