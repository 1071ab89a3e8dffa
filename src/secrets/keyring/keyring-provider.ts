import * as z from 'zod';
import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import { readPrivateFile, writePrivateFile } from '../private-file.ts';
import type { SecretProvider } from '../provider.ts';
import type { KeyringCommands } from './keyring-commands.ts';

const namesSchema = z.object({ schema: z.literal(1), names: z.array(z.string()) });

/**
 * Secrets in the keyring of the system. Not every keyring can list what is in it: the names, which are no secret, are kept in a file. A name
 * is in the file before its value is in the keyring, so that nothing is there that could not be deleted.
 * @param namesFile path
 */
export function createKeyringProvider(commands: KeyringCommands, namesFile: string): SecretProvider {
  const names = async (): Promise<string[]> => {
    const bytes = await readPrivateFile(namesFile);
    if (bytes === null) return [];
    try {
      return namesSchema.parse(JSON.parse(bytes.toString('utf8'))).names;
    } catch (cause) {
      const fix = 'Move it away, then set the secrets again that should be listed; their values are in the keyring.';
      throw new HoldfastError('HF_SECRETS_DAMAGED', { what: `${namesFile} cannot be read`, fix, cause });
    }
  };
  const saveNames = (list: Iterable<string>): Promise<void> =>
    writePrivateFile(namesFile, `${JSON.stringify({ schema: 1, names: [...new Set(list)].toSorted() })}\n`);

  return {
    name: 'keyring',
    mostBytes: Math.floor(commands.longest / 4) * 3,
    where: async () => `${commands.title}, which its user's login protects`,
    problem: () => commands.problem(),
    names,
    get: (name) => readEncoded(commands, name),
    async set(name, value) {
      const before = await names();
      await saveNames([...before, name]);
      try {
        await writeEncoded(commands, name, value);
      } catch (thrown) {
        if (!before.includes(name)) await saveNames(before);
        throw thrown;
      }
    },
    async delete(name) {
      const had = await asked(() => commands.delete(name));
      await saveNames((await names()).filter((other) => other !== name));
      return had;
    },
  };
}

/** A value of the keyring, any bytes. @throws HF_SECRETS_UNAVAILABLE */
export async function readEncoded(commands: KeyringCommands, name: string): Promise<Uint8Array | null> {
  const text = await asked(() => commands.get(name));
  return text === null ? null : Buffer.from(text, 'base64');
}

/** Writes a value and reads it again: keyrings cut long ones off without a word. @throws HF_SECRETS_UNAVAILABLE */
export async function writeEncoded(commands: KeyringCommands, name: string, value: Uint8Array): Promise<void> {
  const text = Buffer.from(value).toString('base64');
  const kept = await asked(async () => {
    await commands.set(name, text);
    return commands.get(name);
  });
  if (kept !== text) throw new HoldfastError('HF_SECRETS_UNAVAILABLE', { what: 'The keyring did not keep the value' });
}

async function asked<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HoldfastError('HF_SECRETS_UNAVAILABLE', { what: 'The keyring cannot be used now', why, cause });
  }
}
