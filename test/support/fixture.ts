import { join } from 'node:path';
import type { Workload } from '../../src/api/contract/workload.ts';
import type { TestClient } from './client.ts';
import { containerProcesses, killServerIn } from './engine/container-processes.ts';
import { imageName } from './engine/images.ts';
import { Outside } from './engine/outside.ts';
import type { Home } from './home.ts';
import { type JournalEntry, JournaledServer } from './journaled-server.ts';
import { isAlive } from './processes.ts';
import { builtFixtures } from './program.ts';
import type { RunsOn } from './runtimes.ts';
import type { Conduct } from './servers/fixture-conduct.mjs';
import { until } from './until.ts';

export interface FixtureOptions {
  /** The runtime of the home (test/support/runtimes.ts) where absent; a process elsewhere. */
  readonly on?: RunsOn;
  /** `http` and `modern` are served as streamable HTTP. */
  readonly kind?: 'stdio' | 'http' | 'modern' | 'modern-stdio';
  /** Flags of `holdfast run`. */
  readonly flags?: readonly string[];
  /** Arguments of the server. */
  readonly args?: readonly string[];
  readonly conduct?: Conduct;
}

/** Restarts come at once and never end: for tests that kill more often than a policy for people allows. */
export const RESTART_AT_ONCE: readonly string[] = ['--restart-stable', '0s', '--restart-immediate', 'unlimited', '--restart-attempts', '0'];

/** What the tool `whoami` says. */
export interface Who {
  /** Names the incarnation that answers, with its pid as it sees it itself, and its host: the beginning of a container's id. */
  readonly boot: string;
  readonly pid: number;
  readonly host: string;
  /** Who asked, as the server knows it. */
  readonly client: string;
  readonly capabilities: object;
}

export async function whoAnswers(client: TestClient): Promise<Who> {
  return JSON.parse(await client.text('whoami')) as Who;
}

/** A fixture server as a workload. */
export class Fixture extends JournaledServer {
  readonly home: Home;
  readonly url: string;

  private constructor(home: Home, name: string, url: string) {
    super(home.folder, name);
    this.home = home;
    this.url = url;
  }

  static async run(home: Home, name: string, options: FixtureOptions = {}): Promise<Fixture> {
    const fixture = new Fixture(home, name, '');
    if (options.conduct) fixture.behave(options.conduct);
    const listed = JSON.parse(await home.ok(...fixture.runCommand(options))) as Workload;
    return new Fixture(home, name, listed.url);
  }

  /** The journal of each incarnation, oldest first. */
  incarnations(): JournalEntry[][] {
    const all: JournalEntry[][] = [];
    for (const entry of this.journal()) {
      if (entry.what === 'boot') all.push([]);
      all.at(-1)?.push(entry);
    }
    return all;
  }

  /** What names each incarnation, oldest first. */
  boots(): string[] {
    return this.incarnations().map(([first]) => first?.boot ?? '');
  }

  untilExecuted(tool: string, tag?: string): Promise<true> {
    return until(`${this.name} executes ${tool} ${tag ?? ''}`, () => this.executions(tool, tag) > 0 || undefined);
  }

  listed(): Promise<Workload> {
    return this.home.workload(this.name);
  }

  /** SIGKILL for the server, past Holdfast and the engine; resolves with what was listed before. */
  async kill(): Promise<Workload> {
    const listed = await this.listed();
    killServerOf(listed);
    return listed;
  }

  /** SIGKILL for one incarnation of several, which serve a session each. */
  killOne({ pid, host }: Who): void {
    if (this.onEngine()) killServerIn(host);
    else process.kill(pid, 'SIGKILL');
  }

  isAlive({ boot, pid, host = '' }: Pick<JournalEntry, 'boot' | 'pid' | 'host'>): boolean {
    if (!this.onEngine()) return isAlive(pid);
    // Of the runs of one container, which number their processes alike, only the last can live.
    const last = this.journal().findLast((entry) => entry.what === 'boot' && entry.host === host);
    return last?.boot === boot && containerProcesses(host).some(({ innerPid }) => innerPid === pid);
  }

  /** What somebody else can do with its container. @throws Error for a fixture that has none */
  outside(): Outside {
    const { engine } = this.home;
    if (engine === null) throw new Error(`${this.name} runs on no engine`);
    return new Outside(engine);
  }

  /** The same; resolves when Holdfast has seen it. */
  async crash(): Promise<Workload> {
    const before = await this.kill();
    await this.home.untilWorkload(
      this.name,
      'is seen to be dead',
      ({ lifecycle, generation }) => lifecycle !== 'running' || generation > before.generation,
    );
    return before;
  }

  async remove(): Promise<void> {
    await this.home.ok('rm', this.name);
  }

  /** Waits until a generation after that one runs. */
  untilBack(after: Workload): Promise<Workload> {
    return this.home.untilWorkload(
      this.name,
      `runs again after generation ${after.generation}`,
      ({ lifecycle, generation }) => lifecycle === 'running' && generation > after.generation,
    );
  }

  private onEngine(): boolean {
    return this.home.engine !== null;
  }

  private runCommand(options: FixtureOptions): string[] {
    const { kind = 'stdio', flags = [], args = [], on = runsOn(this.home) } = options;
    if (on !== 'process' && on !== this.home.engine?.kind) throw new Error(`the home of ${this.name} has no ${on}`);
    const isStdio = kind === 'stdio' || kind === 'modern-stdio';
    const transport = `--transport=${isStdio ? 'stdio' : 'streamable-http'}`;
    const named = ['--format=json', `--name=${this.name}`, transport];
    return on === 'process'
      ? ['run', 'cmd://node', ...named, ...this.files(this.folder), ...flags, '--', ...program(kind), ...args]
      : ['run', imageName('fixture'), ...named, ...this.mounted(), ...flags, '--', kind, ...args];
  }
}

/** What the fixtures of a home run on, unless told otherwise. */
export function runsOn({ engine }: Home): RunsOn {
  return engine?.kind ?? 'process';
}

/** SIGKILL for the server of a workload, which must have one: past Holdfast and the engine. Nothing but that one is signalled. */
export function killServerOf(listed: Workload): void {
  const { name, pid, container } = listed;
  if (container?.id) killServerIn(container.id);
  else if (pid !== null && pid > 1) process.kill(pid, 'SIGKILL');
  else throw new Error(`${name} has no process: ${JSON.stringify(listed)}`);
}

/** Arguments of node. */
function program(kind: NonNullable<FixtureOptions['kind']>): string[] {
  const file = kind === 'modern-stdio' ? 'modern' : kind;
  return [join(builtFixtures, `fixture-${file}.mjs`), ...(kind === 'modern-stdio' ? ['stdio'] : [])];
}
