import { randomBytes } from 'node:crypto';
import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import { codeOf, readPrivateFile, writePrivateFile } from '../private-file.ts';
import type { KeyKind } from './envelope.ts';

/** Where passphrases come from. */
export interface KeySources {
  /** Given by the user; undefined where none was. */
  readonly passphrase: () => string | undefined;
  /** Keeps a made-up passphrase; `problem` says why it cannot be used now. */
  readonly keyring: {
    problem(): Promise<string | null>;
    get(name: string): Promise<Uint8Array | null>;
    set(name: string, value: Uint8Array): Promise<void>;
  };
  /** Path of the key file. */
  readonly keyFile: string;
}

/** No name of a secret has a colon in it. */
const IN_KEYRING = ':passphrase-of-the-encrypted-file';

/** The kind of key that a new file gets: the user's passphrase, else one in the keyring, else a file. */
export async function kindForNew({ passphrase, keyring }: KeySources): Promise<KeyKind> {
  if (passphrase() !== undefined) return 'passphrase';
  return (await keyring.problem()) === null ? 'keyring' : 'key-file';
}

/** The passphrase of that kind; null where there is none. @throws HF_SECRETS_UNAVAILABLE, HF_SECRETS_LOCKED where the key file cannot be read */
export async function findPassphrase(kind: KeyKind, { passphrase, keyring, keyFile }: KeySources): Promise<string | null> {
  if (kind === 'passphrase') return passphrase() ?? null;
  if (kind === 'keyring') {
    const kept = await keyring.get(IN_KEYRING);
    return kept === null ? null : Buffer.from(kept).toString('utf8');
  }
  try {
    const text = (await readPrivateFile(keyFile))?.toString('utf8').trim();
    return text === undefined || text === '' ? null : text;
  } catch (thrown) {
    const why = codeOf(thrown) ?? String(thrown);
    throw new HoldfastError('HF_SECRETS_LOCKED', { what: `The key file ${keyFile} cannot be read`, why, cause: thrown });
  }
}

/** The passphrase of that kind, made up and kept where there is none. @throws as `findPassphrase`, HF_STATE_WRITE */
export async function findOrMakePassphrase(kind: KeyKind, sources: KeySources): Promise<string> {
  const found = await findPassphrase(kind, sources);
  if (found !== null) return found;
  if (kind === 'passphrase') throw noKey(kind, sources);
  const made = randomBytes(32).toString('hex');
  if (kind === 'keyring') await sources.keyring.set(IN_KEYRING, Buffer.from(made));
  else await writePrivateFile(sources.keyFile, `${made}\n`);
  return made;
}

export function noKey(kind: KeyKind, { keyFile }: KeySources): HoldfastError {
  const [why, fix] = {
    passphrase: [
      'it is encrypted with a passphrase, and none was given',
      'Set HOLDFAST_SECRETS_PASSPHRASE, then `holdfast secret setup` hands it to the daemon.',
    ],
    keyring: ['its passphrase is no longer in the keyring', 'Unlock the keyring in which the secrets were set.'],
    'key-file': [`its key file ${keyFile} is gone`, 'Put the key file back.'],
  }[kind];
  return new HoldfastError('HF_SECRETS_LOCKED', {
    what: 'The file of secrets cannot be opened',
    ...(why === undefined ? {} : { why }),
    ...(fix === undefined ? {} : { fix }),
  });
}
