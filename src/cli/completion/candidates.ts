import type { Command } from '../command.ts';
import { flagName } from '../flags/flag.ts';
import { withFormat } from '../parser/describe.ts';

/** What may follow after the words `path`. */
export interface Candidate {
  /** `` at the beginning, `daemon` inside a group, `mcp list` inside a command. */
  readonly path: string;
  readonly words: readonly { readonly word: string; readonly summary: string }[];
  readonly flags: readonly {
    readonly name: string;
    readonly short: string | null;
    readonly summary: string;
    readonly takes: readonly string[] | null;
  }[];
  /** Which names may follow, which the program is asked for; null = none. */
  readonly names: 'workloads' | 'clients' | null;
}

/** Everything that a shell may offer, by where it stands. `takes`: words for the flag's value, null = it is a switch. */
export function candidates(commands: readonly Command[], groups: readonly string[]): Candidate[] {
  const visible = commands.filter(({ hidden }) => hidden !== true);
  const below = (group: string): Candidate => ({
    path: group,
    words: [
      ...visible
        .filter(({ name }) => name.split(' ').slice(0, -1).join(' ') === group)
        .flatMap(({ name, aliases = [], summary }) => [name.split(' ').at(-1) ?? '', ...aliases].map((word) => ({ word, summary }))),
      ...(group === '' ? groups.map((word) => ({ word, summary: `${word} …` })) : []),
    ],
    flags: [],
    names: null,
  });
  return [below(''), ...groups.map(below), ...visible.flatMap(ofCommand)];
}

function ofCommand(command: Command): Candidate[] {
  const flags = Object.entries(withFormat(command)).map(([key, flag]) => ({
    name: flagName(key),
    short: flag.short ?? null,
    summary: flag.summary,
    takes: flag.value === null ? null : (flag.words ?? []),
  }));
  const completes = command.args.map((arg) => arg.completes);
  const words = completes
    .flatMap((given) => (Array.isArray(given) ? (given as readonly string[]) : []))
    .map((word) => ({ word, summary: '' }));
  const asked = completes.find((given) => given === 'workloads' || given === 'clients') ?? null;
  const parent = command.name.split(' ').slice(0, -1);
  const names = [command.name, ...(command.aliases ?? []).map((alias) => [...parent, alias].join(' '))];
  return names.map((path) => ({ path, words, flags, names: asked }));
}
