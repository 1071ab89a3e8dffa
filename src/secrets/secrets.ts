import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { SecretProviderName, SecretProviderView, Secrets } from '../core/ports/secrets.ts';
import { loadChoice, saveChoice } from './choice.ts';
import { createEncryptedProvider } from './encrypted/encrypted-provider.ts';
import { type Cost, standardCost } from './encrypted/envelope.ts';
import { createEnvironmentProvider } from './environment-provider.ts';
import type { KeyringCommands } from './keyring/keyring-commands.ts';
import { keyringOf } from './keyring/keyring-of.ts';
import { createKeyringProvider, readEncoded, writeEncoded } from './keyring/keyring-provider.ts';
import type { SecretProvider } from './provider.ts';

export interface SecretsOptions {
  /** Private folder for what is kept about secrets, absolute. One process writes there. */
  readonly folder: string;
  readonly platform: NodeJS.Platform;
  /** Of the daemon: `HOLDFAST_SECRETS_PASSPHRASE`, `HOLDFAST_SECRET_…`, and how the keyring is reached. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the encrypted file. */
  readonly cost?: Cost;
}

/** The secrets of one Holdfast home. Changes are made one after another. */
export function createSecrets({ folder, platform, env, cost = standardCost }: SecretsOptions): Secrets {
  const space = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const commands = askedOnce(keyringOf(platform, { env, space }));
  let passphrase = env['HOLDFAST_SECRETS_PASSPHRASE'] || undefined;
  const keyring = createKeyringProvider(commands, join(folder, 'keyring-names.json'));
  const encrypted = createEncryptedProvider({
    file: join(folder, 'secrets.enc'),
    cost,
    sources: {
      passphrase: () => passphrase,
      keyFile: join(folder, 'secrets.key'),
      keyring: {
        problem: () => commands.problem(),
        get: (name) => readEncoded(commands, name),
        set: (name, value) => writeEncoded(commands, name, value),
      },
    },
  });
  const environment = createEnvironmentProvider(env);
  const all: Readonly<Record<SecretProviderName, SecretProvider>> = { keyring, encrypted, environment };
  const choiceFile = join(folder, 'provider.json');
  const inOrder = oneAfterAnother();

  const active = async (): Promise<{ provider: SecretProvider; chosen: boolean }> => {
    const choice = await loadChoice(choiceFile);
    if (choice !== null) return { provider: all[choice], chosen: true };
    if (await encrypted.exists()) return { provider: encrypted, chosen: true };
    return { provider: (await keyring.problem()) === null ? keyring : encrypted, chosen: false };
  };

  return {
    active: async () => (await active()).provider.name,
    async providers() {
      const used = active();
      const view = async (one: SecretProvider): Promise<SecretProviderView> => {
        const problem = await one.problem();
        const where = problem === null ? await one.where() : '';
        const { provider, chosen } = await used;
        const here = one === provider;
        return { name: one.name, active: here, chosen: here && chosen, readOnly: one.mostBytes === 0, where, problem };
      };
      return Promise.all(Object.values(all).map(view));
    },
    choose: (name) =>
      inOrder(async () => {
        const problem = await all[name].problem();
        if (problem !== null)
          throw new HoldfastError('HF_SECRETS_UNAVAILABLE', { what: `The provider ${name} cannot be used`, why: problem });
        await saveChoice(choiceFile, name);
      }),
    unlock: (given) =>
      inOrder(async () => {
        const before = passphrase;
        passphrase = given;
        try {
          await encrypted.takePassphrase();
        } catch (thrown) {
          passphrase = before;
          throw thrown;
        }
      }),
    names: async () => (await active()).provider.names(),
    async get(name) {
      const { provider } = await active();
      return (await provider.get(name)) ?? environment.get(name);
    },
    set: (name, value) =>
      inOrder(async () => {
        const { provider, chosen } = await active();
        checkWritable(provider);
        checkSize(provider, name, value);
        await provider.set(name, value);
        // From now on the secrets are there, whatever else can be used tomorrow.
        if (!chosen) await saveChoice(choiceFile, provider.name);
        return provider.name;
      }),
    delete: (name) =>
      inOrder(async () => {
        const { provider } = await active();
        checkWritable(provider);
        return provider.delete(name);
      }),
  };
}

/** A keyring that does not answer is waited for once by all who want to know. */
function askedOnce(commands: KeyringCommands): KeyringCommands {
  let asking: Promise<string | null> | null = null;
  return {
    ...commands,
    problem() {
      asking ??= commands.problem().finally(() => {
        asking = null;
      });
      return asking;
    },
  };
}

function checkWritable({ name, mostBytes }: SecretProvider): void {
  if (mostBytes > 0) return;
  throw new HoldfastError('HF_UNSUPPORTED', {
    what: `The provider ${name} is read-only`,
    fix: 'Set the variable where the daemon is started, or choose another provider with `holdfast secret provider`.',
  });
}

function checkSize(provider: SecretProvider, name: string, { length }: Uint8Array): void {
  if (length > 0 && length <= provider.mostBytes) return;
  const what = `The value of ${name} cannot be kept`;
  if (length === 0) throw new HoldfastError('HF_SECRET_VALUE', { what, why: 'it is empty' });
  const why = `it has ${length} bytes, and the provider ${provider.name} takes up to ${provider.mostBytes}`;
  throw new HoldfastError('HF_SECRET_VALUE', { what, why, data: { name, bytes: length, most: provider.mostBytes } });
}

function oneAfterAnother(): <T>(task: () => Promise<T>) => Promise<T> {
  let tail: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = tail.then(task);
    // The caller gets the failure; the next one runs all the same.
    tail = result.catch(() => undefined);
    return result;
  };
}
