import { type KeyringCommands, type KeyringPlace, LOOK_MS, WORK_MS } from './keyring-commands.ts';
import { type ProgramEnd, runProgram, whyOf } from './run-program.ts';

const FILE = '/usr/bin/security';
/** errSecItemNotFound, as `security` ends with it. */
const NOT_FOUND = 44;

/** The login keychain, by `security`. A value goes in as a command on its stdin, where no other user can read it. */
export function macosKeyring({ env, space }: KeyringPlace): KeyringCommands {
  const run = (args: readonly string[], stdin = '', withinMs = WORK_MS): Promise<ProgramEnd> =>
    runProgram({ file: FILE, args, stdin, env, withinMs });
  const item = (name: string): string[] => ['-s', `holdfast-${space}`, '-a', name];
  const failed = (end: ProgramEnd): Error => new Error(whyOf(FILE, end));

  return {
    title: 'the login keychain',
    // A line of its stdin holds 4,096 characters.
    longest: 3_500,
    async problem() {
      const end = await run(['default-keychain'], '', LOOK_MS);
      return end.code === 0 ? null : whyOf(FILE, end);
    },
    async get(name) {
      const end = await run(['find-generic-password', ...item(name), '-w']);
      if (end.code === NOT_FOUND) return null;
      if (end.code !== 0) throw failed(end);
      return end.stdout.trim();
    },
    async set(name, text) {
      // Neither the names nor base64 need quotes.
      const end = await run(['-i'], `add-generic-password -U ${item(name).join(' ')} -l Holdfast-${name} -w ${text}\n`);
      if (end.code !== 0) throw failed(end);
    },
    async delete(name) {
      const end = await run(['delete-generic-password', ...item(name)]);
      if (end.code !== 0 && end.code !== NOT_FOUND) throw failed(end);
      return end.code === 0;
    },
  };
}
