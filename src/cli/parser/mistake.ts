import type { CommanderError } from 'commander';
import type { HoldfastError } from '../../api/contract/errors.ts';
import type { Command } from '../command.ts';
import { usage } from '../usage.ts';

/** Flags of `run` and `update` that users of other programs know, and that this version does not serve. */
const NOT_YET: ReadonlySet<string> = new Set([
  '--build-with',
  '--ca-cert',
  '--client-refresh',
  '--exclusive',
  '--from-config',
  '--image-verification',
  '--isolate-network',
  '--permission-profile',
  '--remote-auth',
  '--remote-forward-headers',
  '--standby',
  '--stateless',
  '--tools',
  '--tools-override',
]);

/** What commander refused, as an error of ours that says what to do instead. */
export function mistake(error: CommanderError, argv: readonly string[], commands: readonly Command[]): HoldfastError {
  if (error.code === 'commander.help') return wordMissing(argv[0] ?? '', commands);
  const flag = error.code === 'commander.unknownOption' ? /'(--[a-z-]+)/.exec(error.message)?.[1] : undefined;
  if (flag !== undefined && NOT_YET.has(flag) && /^(run|update)$/.test(argv[0] ?? '')) {
    return usage(
      `${flag} is not served yet`,
      `Leave it out: nothing of it would be done. \`${commandOf(argv, commands)} --help\` shows what is there.`,
    );
  }
  const [first = '', ...hints] = error.message.replace(/^error: /, '').split('\n');
  const what = first.charAt(0).toUpperCase() + first.slice(1);
  const hint = /Did you mean (.+?)\?/.exec(hints.join(' '))?.[1];
  const see =
    error.code === 'commander.unknownCommand'
      ? '`holdfast help` shows what there is.'
      : `\`${commandOf(argv, commands)} --help\` shows what is allowed.`;
  if (error.code === 'commander.excessArguments') return usage(what, `Arguments of a server stand after --. ${see}`);
  return usage(what, hint === undefined ? see : `Did you mean ${hint}? ${see}`);
}

/** A group alone, such as `holdfast mcp`. */
function wordMissing(group: string, commands: readonly Command[]): HoldfastError {
  const below = commands.filter(({ name }) => name.startsWith(`${group} `)).map(({ name }) => `\`holdfast ${name}\``);
  return usage(`\`holdfast ${group}\` needs another word`, `Say ${below.join(' or ')}.`);
}

function commandOf(argv: readonly string[], commands: readonly Command[]): string {
  const typed = argv.slice(0, 2).join(' ');
  const name = commands.some((command) => command.name === typed) ? typed : (argv[0] ?? '');
  return /^[a-z_ ]+$/.test(name) ? `holdfast ${name}` : 'holdfast';
}
