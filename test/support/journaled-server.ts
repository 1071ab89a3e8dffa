import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Conduct } from './servers/fixture-conduct.mjs';

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

/** A fixture server with the folder by which it is told how to behave, and tells what it did in all its incarnations. */
export abstract class JournaledServer {
  readonly name: string;
  /** On this machine, whatever the server runs on. */
  readonly folder: string;

  /** @param home folder of the Holdfast that runs it */
  constructor(home: string, name: string) {
    this.name = name;
    this.folder = join(home, `fixture-${name}`);
    mkdirSync(this.folder, { recursive: true });
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

  /** Flags of `holdfast run` for a server that finds its folder there. */
  protected files(folder: string): string[] {
    return [`--env=CONDUCT=${folder}/conduct.json`, `--env=JOURNAL=${folder}/journal.ndjson`];
  }

  /** The same for one in a container. */
  protected mounted(): string[] {
    return [...this.files('/fixture'), `--volume=${this.folder}:/fixture`];
  }

  /** Messages of one method that reached it. */
  received(method: string): JournalEntry[] {
    return this.journal().filter((entry) => entry.what === 'received' && entry.method === method);
  }

  /** How often a tool began to run. @param tag only calls with it */
  executions(tool: string, tag?: string): number {
    const calls = this.journal().filter((entry) => entry.what === 'executed' && entry.tool === tool);
    return calls.filter((call) => tag === undefined || call.tag === tag).length;
  }
}
