import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workload } from '../../src/api/contract/workload.ts';
import type { TestClient } from './client.ts';
import { containerProcesses, killServerIn } from './engine/container-processes.ts';
import { imageName } from './engine/images.ts';
import { Outside } from './engine/outside.ts';
import type { Home } from './home.ts';
import { isAlive } from './processes.ts';
import { builtFixtures } from './program.ts';
import type { RunsOn } from './runtimes.ts';
import type { Conduct } from './servers/fixture-conduct.mjs';
import { until } from './until.ts';

/** A line of a fixture's journal (test/support/servers/fixture-conduct.mjs). */
export interface JournalEntry {
  /** As the server sees it: in containers often the same for all incarnations. */
  readonly pid: number;
  /** Names the incarnation. */
  readonly boot: string;
  /** Of `boot`: the beginning of a container's id, where it runs in one. */
  readonly host?: string;
  readonly what: 'boot' | 'listening' | 'received' | 'answered' | 'executed' | 'finished' | 'cancelled' | 'asked' | 'http';
  readonly method?: string;
  readonly tool?: string;
  readonly tag?: string;
  readonly verb?: string;
  readonly rpc?: string;
  readonly session?: string | null;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly [more: string]: unknown;
}

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
export class Fixture {
  readonly home: Home;
  readonly name: string;
  readonly url: string;
  private readonly folder: string;
  private readonly conductFile: string;
  private readonly journalFile: string;

  private constructor(home: Home, name: string, url: string, folder: string) {
    this.home = home;
    this.name = name;
    this.url = url;
    this.folder = folder;
    this.conductFile = join(folder, 'conduct.json');
    this.journalFile = join(folder, 'journal.ndjson');
  }

  static async run(home: Home, name: string, options: FixtureOptions = {}): Promise<Fixture> {
    const folder = join(home.folder, `fixture-${name}`);
    mkdirSync(folder, { recursive: true });
    const fixture = new Fixture(home, name, '', folder);
    if (options.conduct) fixture.behave(options.conduct);
    const listed = JSON.parse(await home.ok(...fixture.runCommand(options))) as Workload;
    return new Fixture(home, name, listed.url, folder);
  }

  /** How the next incarnation behaves. */
  behave(conduct: Conduct): void {
    writeFileSync(this.conductFile, JSON.stringify(conduct));
  }

  journal(): JournalEntry[] {
    if (!existsSync(this.journalFile)) return [];
    const lines = readFileSync(this.journalFile, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as JournalEntry);
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

  /** Messages of one method that reached the server, in all its incarnations. */
  received(method: string): JournalEntry[] {
    return this.journal().filter((entry) => entry.what === 'received' && entry.method === method);
  }

  /** How often a tool began to run, in all incarnations. @param tag only calls with it */
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
      : [
          'run',
          imageName('fixture'),
          ...named,
          ...this.files('/fixture'),
          `--volume=${this.folder}:/fixture`,
          ...flags,
          '--',
          kind,
          ...args,
        ];
  }

  /** Where the server finds its conduct and its journal. */
  private files(folder: string): string[] {
    return [`--env=CONDUCT=${folder}/conduct.json`, `--env=JOURNAL=${folder}/journal.ndjson`];
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
