import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError } from '../../../src/core/errors/holdfast-error.ts';
import type { Secrets } from '../../../src/core/ports/secrets.ts';
import { createSecrets } from '../../../src/secrets/secrets.ts';

/** A folder of secrets, and what opens it as a new daemon would. */
export interface SecretsFolder {
  readonly folder: string;
  readonly file: string;
  readonly keyFile: string;
  open(env?: Readonly<Record<string, string>>): Secrets;
  end(): Promise<void>;
}

export async function createSecretsFolder(): Promise<SecretsFolder> {
  const parent = await mkdtemp(join(tmpdir(), 'holdfast-secrets-'));
  const folder = join(parent, 'secrets');
  return {
    folder,
    file: join(folder, 'secrets.enc'),
    keyFile: join(folder, 'secrets.key'),
    // Without a bus and a PATH there is no keyring.
    open: (env = {}) => createSecrets({ folder, platform: 'linux', env, cost: { logN: 10, r: 1, p: 1 } }),
    end: () => rm(parent, { recursive: true, force: true }),
  };
}

export async function text(secrets: Secrets, name: string): Promise<string | null> {
  const value = await secrets.get(name);
  return value === null ? null : Buffer.from(value).toString('utf8');
}

/** The code of what is thrown; undefined where nothing is. */
export async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (thrown) {
    if (thrown instanceof HoldfastError) return thrown.code;
    throw thrown;
  }
}
