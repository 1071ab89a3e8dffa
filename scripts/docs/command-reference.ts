import type { Command } from '../../src/cli/command.ts';
import { flagName } from '../../src/cli/flags/flag.ts';
import { descriptionOf, summaryOf, usageOf, withFormat } from '../../src/cli/parser/describe.ts';
import { cell, GENERATED } from './markdown.ts';

/** docs/cli.md: every command with its flags, from the declarations that the parser is made of. */
export function commandReference(commands: readonly Command[], groups: Readonly<Record<string, string>>, summary: string): string {
  const shown = commands.filter(({ hidden }) => hidden !== true);
  const index = shown.map((command) => `| [\`${command.name}\`](#${anchor(command)}) | ${cell(command.summary)} |`);
  return [
    '# Command line',
    '',
    GENERATED,
    '',
    `${summary} Every command takes \`--format json\` and \`--help\`. Results go to stdout, everything else to stderr.`,
    '',
    'Exit codes: 0 done · 1 failed · 2 wrong usage · 3 the engine is unavailable · 130 interrupted. [errors.md](errors.md) lists the error codes.',
    '',
    'Durations are written as `500ms`, `30s`, `10m`, `2h`, `1h30m`; a bare number is seconds.',
    '',
    '| Command | What it does |',
    '|---|---|',
    ...index,
    ...Object.entries(groups).map(([name, text]) => `| \`${name} …\` | ${cell(text)} |`),
    ...shown.flatMap(section),
    '',
  ].join('\n');
}

function section(command: Command): string[] {
  const others = command.aliases?.map((alias) => `\`${alias}\``).join(', ');
  const flags = Object.entries(withFormat(command)).map(([key, flag]) => {
    const short = flag.short === undefined ? '' : `-${flag.short}, `;
    const value = flag.value === null ? '' : ` ${flag.value}`;
    return `| \`${cell(`${short}${flagName(key)}${value}`)}\` | ${cell(summaryOf(flag))} |`;
  });
  return [
    '',
    `## holdfast ${command.name}`,
    '',
    ...(others === undefined ? [] : [`Also: ${others}.`, '']),
    descriptionOf(command),
    '',
    '```',
    `holdfast ${command.name} ${usageOf(command)}`,
    '```',
    '',
    ...(command.rest === undefined ? [] : [`After \`--\`: ${command.rest}`, '']),
    '| Flag | Meaning |',
    '|---|---|',
    ...flags,
    '',
    'For example:',
    '',
    '```sh',
    ...command.examples,
    '```',
  ];
}

const anchor = ({ name }: Command): string => `holdfast-${name.replaceAll(' ', '-')}`;
