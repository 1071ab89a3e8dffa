import { CommanderError, Option, Command as Parser } from 'commander';
import type { Command, Input } from './command.ts';
import { type Flag, type Flags, flagName } from './flags/flag.ts';
import { formatFlag } from './flags/shared.ts';
import { usage } from './usage.ts';

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
  const root = quietly(new Parser('holdfast'), (text) => (help += text))
    .description(summary)
    .helpCommand('help [command]', 'Help for a command')
    .usage('COMMAND [flags]')
    .option('--version', 'Version of this program');
  const parents = new Map([['', root]]);
  for (const [name, text] of Object.entries(groups))
    parents.set(name, quietly(root.command(name), (shown) => (help += shown)).description(text));

  for (const command of commands) {
    const path = command.name.split(' ');
    const parent = parents.get(path.slice(0, -1).join(' ')) ?? root;
    const parser = quietly(parent.command(path.at(-1) ?? '', { hidden: command.hidden ?? false }), (text) => (help += text));
    describe(parser, command);
    parser.action((...given: unknown[]) => {
      found = invocation(command, parser, given.slice(0, -2).flat(), rest);
    });
  }
  try {
    root.parse([...(before.length === 0 ? ['help'] : before)], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0 || help !== '') return { text: help.trimEnd() };
    throw mistake(error, before);
  }
  return found ?? { text: help.trimEnd() };
}

function quietly(parser: Parser, onHelp: (text: string) => void): Parser {
  return parser
    .exitOverride()
    .configureOutput({ writeOut: onHelp, writeErr: () => {} })
    .showSuggestionAfterError();
}

function describe(parser: Parser, command: Command): void {
  parser.summary(command.summary).description([command.summary, command.description].filter(Boolean).join('.\n') + '.');
  parser.aliases([...(command.aliases ?? [])]);
  for (const arg of command.args) {
    const name = arg.many ? `${arg.name}...` : arg.name;
    parser.argument(arg.required ? `<${name}>` : `[${name}]`, arg.summary);
  }
  if (command.rest) parser.usage(`[flags] ${command.args.map((arg) => arg.name).join(' ')} [-- ARGS…]`);
  for (const [key, flag] of Object.entries(withFormat(command))) parser.addOption(option(key, flag));
  const examples = [
    ...(command.rest ? ['', 'After --:', `  ${command.rest}`] : []),
    '',
    'Examples:',
    ...command.examples.map((example) => `  ${example}`),
  ];
  parser.addHelpText('after', examples.join('\n'));
}

/** Flags of a command with the one that all have. */
export function withFormat(command: Command): Flags {
  const formats = command.formats ?? ['text', 'json'];
  return { ...command.flags, format: formatFlag(formats, formats[0] ?? 'text') };
}

function option(key: string, flag: Flag<unknown>): Option {
  const short = flag.short === undefined ? '' : `-${flag.short}, `;
  const value = flag.value === null ? '' : ` <${flag.value}>`;
  const made = new Option(`${short}${flagName(key)}${value}`, summaryOf(flag));
  // Each text is kept: what becomes of several is the flag's own matter. (A variadic option would swallow the next word.)
  return flag.value === null
    ? made
    : made.argParser((text: string, before: unknown) => [...((before as string[] | undefined) ?? []), text]);
}

/** The summary with the default and whether it may be repeated. */
export function summaryOf(flag: Flag<unknown>): string {
  const notes = [...(flag.many ? ['repeatable'] : []), ...(flag.standard === undefined ? [] : [`default ${flag.standard}`])];
  return notes.length === 0 ? flag.summary : `${flag.summary} (${notes.join(', ')})`;
}

function invocation(command: Command, parser: Parser, words: readonly unknown[], rest: readonly string[] | null): Invocation {
  const name = command.name;
  if (rest !== null && command.rest === undefined) throw usage(`\`holdfast ${name}\` takes nothing after --`);
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
  const negated = /^no([A-Z])/.exec(key);
  const on = negated === null ? given[key] === true : given[negated[1]?.toLowerCase() + key.slice(3)] === false;
  return on ? ['true'] : [];
}

function mistake(error: CommanderError, argv: readonly string[]): Error {
  const [first = '', ...hints] = error.message.replace(/^error: /, '').split('\n');
  const what = first.charAt(0).toUpperCase() + first.slice(1);
  const hint = /Did you mean (.+?)\?/.exec(hints.join(' '))?.[1];
  const words = argv
    .filter((word) => /^[a-z]+$/.test(word))
    .slice(0, 1)
    .join(' ');
  const see =
    error.code === 'commander.unknownCommand'
      ? '`holdfast help` shows what there is.'
      : `\`holdfast ${words} --help\` shows what is allowed.`;
  if (error.code === 'commander.excessArguments')
    return usage(what, `Arguments of a server stand after --: holdfast ${words} … -- ARGS. ${see}`);
  return usage(what, hint === undefined ? see : `Did you mean ${hint}? ${see}`);
}
