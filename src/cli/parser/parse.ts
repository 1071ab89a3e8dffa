import { CommanderError, Command as Parser } from 'commander';
import type { Command, Input } from '../command.ts';
import { type Flag, type Flags, flagName } from '../flags/flag.ts';
import { usage } from '../usage.ts';
import { describeCommand, withFormat } from './describe.ts';
import { mistake } from './mistake.ts';

/** A command that was found, with what it was given. */
export interface Invocation {
  readonly command: Command;
  readonly input: Input<Flags>;
  readonly format: string;
  readonly quiet: boolean;
}

/** What the words ask for. `text` is a help text. */
export type Parsed = Invocation | { readonly text: string };

/** Groups of commands (`mcp`, `daemon`) with their summaries. */
export type Groups = Readonly<Record<string, string>>;

/**
 * Finds the command and reads its flags.
 * @param argv without the program
 * @throws HF_USAGE with a suggestion
 */
export function parse(commands: readonly Command[], groups: Groups, summary: string, argv: readonly string[]): Parsed {
  const dashes = argv.indexOf('--');
  const before = dashes < 0 ? argv : argv.slice(0, dashes);
  const rest = dashes < 0 ? null : argv.slice(dashes + 1);
  let found: Invocation | null = null;
  let help = '';
  const quietly = (parser: Parser): Parser =>
    parser
      .exitOverride()
      .configureOutput({ writeOut: (text) => (help += text), writeErr: () => {} })
      .configureHelp({ subcommandTerm: (below) => [below.name(), ...below.aliases()].join(', ') })
      .showSuggestionAfterError();

  const root = quietly(new Parser('holdfast'))
    .description(summary)
    .usage('COMMAND [flags]')
    .helpCommand('help [command]', 'Help for a command')
    .option('--version', 'Version of this program');
  const parents = new Map([['', root]]);
  const parentOf = (name: string): Parser => {
    const known = parents.get(name) ?? quietly(root.command(name)).description(groups[name] ?? '');
    parents.set(name, known);
    return known;
  };

  for (const command of commands) {
    const path = command.name.split(' ');
    const parser = quietly(parentOf(path.slice(0, -1).join(' ')).command(path.at(-1) ?? '', { hidden: command.hidden ?? false }));
    parser.summary(command.summary).aliases([...(command.aliases ?? [])]);
    // Options are made for what may be meant only: making all of them takes longer than everything else here.
    if (before.includes(path[0] ?? '') || command.aliases?.some((alias) => before.includes(alias)) === true)
      describeCommand(parser, command);
    parser.action((...given: unknown[]) => {
      found = invocation(command, parser, given.slice(0, -2).flat(), rest);
    });
  }
  try {
    root.parse(before.length === 0 ? ['help'] : [...before], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw mistake(error, before, commands);
  }
  return found ?? { text: help.trimEnd() };
}

function invocation(command: Command, parser: Parser, words: readonly unknown[], rest: readonly string[] | null): Invocation {
  if (rest !== null && command.rest === undefined) throw usage(`\`holdfast ${command.name}\` takes nothing after --`);
  const given = parser.opts<Record<string, unknown>>();
  const values: Record<string, unknown> = {};
  for (const [key, flag] of Object.entries(withFormat(command))) values[key] = flag.read(textsOf(given, key, flag), flagName(key));
  return {
    command,
    input: { words: words.filter((word): word is string => typeof word === 'string'), rest, flags: values },
    format: (values['format'] as string | undefined) ?? command.formats?.[0] ?? 'text',
    quiet: values['quiet'] === true,
  };
}

/** Commander keeps `--no-x` as x = false. */
function textsOf(given: Readonly<Record<string, unknown>>, key: string, flag: Flag<unknown>): readonly string[] {
  if (flag.value !== null) return (given[key] as string[] | undefined) ?? [];
  const [, first = '', others = ''] = /^no([A-Z])(.*)$/.exec(key) ?? [];
  const on = first === '' ? given[key] === true : given[first.toLowerCase() + others] === false;
  return on ? ['true'] : [];
}
