import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Workload } from '../../src/api/contract/workload.ts';
import type { Home } from './home.ts';
import type { Conduct } from './servers/fixture-conduct.mjs';
import { until } from './until.ts';

/** A line of a fixture's journal (test/support/servers/fixture-conduct.mjs). */
export interface JournalEntry {
  readonly pid: number;
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

/** A fixture server as a workload. */
export class Fixture {
  readonly home: Home;
  readonly name: string;
  readonly url: string;
  private readonly conductFile: string;
  private readonly journalFile: string;

  private constructor(home: Home, name: string, url: string, folder: string) {
    this.home = home;
    this.name = name;
    this.url = url;
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

  /** SIGKILL by the pid that `ls` shows; resolves with what was listed before. */
  async kill(): Promise<Workload> {
    const listed = await this.listed();
    if (listed.pid === null) throw new Error(`${this.name} has no process: ${JSON.stringify(listed)}`);
    process.kill(listed.pid, 'SIGKILL');
    return listed;
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

  private runCommand({ kind = 'stdio', flags = [], args = [] }: FixtureOptions): string[] {
    const isStdio = kind === 'stdio' || kind === 'modern-stdio';
    const program = fileURLToPath(new URL(`servers/fixture-${kind === 'modern-stdio' ? 'modern' : kind}.mjs`, import.meta.url));
    return [
      'run',
      'cmd://node',
      `--name=${this.name}`,
      '--format=json',
      `--transport=${isStdio ? 'stdio' : 'streamable-http'}`,
      `--env=CONDUCT=${this.conductFile}`,
      `--env=JOURNAL=${this.journalFile}`,
      ...flags,
      '--',
      program,
      ...(kind === 'modern-stdio' ? ['stdio'] : []),
      ...args,
    ];
  }
}
