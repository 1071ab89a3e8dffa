import { Option, type Command as Parser } from 'commander';
import type { Command } from '../command.ts';
import { type Flag, type Flags, flagName } from '../flags/flag.ts';
import { formatFlag } from '../flags/shared.ts';

/** Tells commander what a command takes. */
export function describeCommand(parser: Parser, command: Command): void {
  parser.description(descriptionOf(command));
  for (const arg of command.args) {
    const name = arg.many ? `${arg.name}...` : arg.name;
    parser.argument(arg.required ? `<${name}>` : `[${name}]`, arg.summary);
  }
  parser.usage(usageOf(command));
  for (const [key, flag] of Object.entries(withFormat(command))) parser.addOption(option(key, flag));
  parser.helpOption('-h, --help', 'This text');
  const after = command.rest === undefined ? [] : ['', 'After --:', `  ${command.rest}`];
  parser.addHelpText('after', [...after, '', 'Examples:', ...command.examples.map((example) => `  ${example}`)].join('\n'));
}

/** `[flags] NAME… [-- ARGS…]` */
export function usageOf({ args, rest }: Command): string {
  const words = args.map(({ name, required, many }) => {
    const word = many ? `${name}…` : name;
    return required ? word : `[${word}]`;
  });
  return ['[flags]', ...words, ...(rest === undefined ? [] : ['[-- ARGS…]'])].join(' ');
}

/** Summary and description as sentences. */
export function descriptionOf({ summary, description }: Command): string {
  return [summary, ...(description === undefined ? [] : [description])].map((text) => `${text}.`).join('\n');
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
