import type { Workload } from '../../../../src/api/contract/workload.ts';
import { imageName } from '../../../support/engine/images.ts';
import type { InspectedContainer } from '../../../support/engine/outside.ts';
import { JournaledServer } from '../../../support/journaled-server.ts';
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
export class Contained extends JournaledServer {
  readonly scene: Scene;
  readonly url: string;

  private constructor(scene: Scene, name: string, url: string) {
    super(scene.home.folder, name);
    this.scene = scene;
    this.url = url;
  }

  static async run(scene: Scene, name: string, options: ContainedOptions = {}): Promise<Contained> {
    const draft = new Contained(scene, name, '');
    if (options.conduct) draft.behave(options.conduct);
    const listed = JSON.parse(await scene.home.ok(...draft.#command(options))) as Workload;
    return new Contained(scene, name, listed.url);
  }

  boots(): number {
    return this.journal().filter(({ what }) => what === 'boot').length;
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
    const protocol = `--transport=${transport === 'stdio' ? 'stdio' : 'streamable-http'}`;
    return ['run', image, `--name=${this.name}`, '--format=json', protocol, ...this.mounted(), ...flags];
  }
}
