import { type KeyringCommands, type KeyringPlace, LOOK_MS, WORK_MS } from './keyring-commands.ts';
import { type ProgramEnd, runProgram, whyOf } from './run-program.ts';

const FILE = 'secret-tool';

/** The Secret Service on the session's bus (GNOME Keyring, KWallet, KeePassXC), by `secret-tool` of libsecret. */
export function linuxKeyring({ env, space }: KeyringPlace): KeyringCommands {
  const run = (args: readonly string[], stdin = '', withinMs = WORK_MS): Promise<ProgramEnd> =>
    runProgram({ file: FILE, args, stdin, env, withinMs });
  const attributes = (name: string): string[] => ['application', 'holdfast', 'home', space, 'name', name];
  const failed = (end: ProgramEnd): Error => new Error(whyOf(FILE, end));
  /** It ends with 1 where it finds nothing, and says something where it could not look. */
  const nothing = ({ code, stdout, stderr }: ProgramEnd): boolean => code === 1 && stdout === '' && stderr.trim() === '';

  return {
    title: 'the Secret Service (GNOME Keyring, KWallet and others)',
    // `secret-tool` cuts longer ones off at 8,192, and ends with 0.
    longest: 8_000,
    async problem() {
      const end = await run(['lookup', ...attributes(':look')], '', LOOK_MS);
      return end.code === 0 || nothing(end) ? null : whyOf(FILE, end);
    },
    async get(name) {
      const end = await run(['lookup', ...attributes(name)]);
      if (end.code === 0) return end.stdout.trim();
      if (nothing(end)) return null;
      throw failed(end);
    },
    async set(name, text) {
      const end = await run(['store', `--label=Holdfast: ${name}`, ...attributes(name)], text);
      if (end.code !== 0) throw failed(end);
    },
    async delete(name) {
      const end = await run(['clear', ...attributes(name)]);
      if (end.code !== 0 && !nothing(end)) throw failed(end);
      return end.code === 0;
    },
  };
}
