import { rm } from 'node:fs/promises';
import * as z from 'zod';
import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import { codeOf, readPrivateFile, writePrivateFile } from '../private-file.ts';
import type { SecretProvider } from '../provider.ts';
import { type Cost, deriveKey, type FileKey, type Header, newHeader, open, type Refusal, readHeader, seal } from './envelope.ts';
import { findOrMakePassphrase, findPassphrase, type KeySources, kindForNew, noKey } from './key-sources.ts';

export interface EncryptedOptions {
  /** Path of the file. */
  readonly file: string;
  readonly sources: KeySources;
  readonly cost: Cost;
}

/** A file of secrets that only its key opens. */
export interface EncryptedProvider extends SecretProvider {
  /** Whether the file is there. */
  exists(): Promise<boolean>;
  /** Encrypts the file anew with the user's passphrase where it has another kind of key; else checks that the passphrase fits. */
  takePassphrase(): Promise<void>;
}

const MOST_BYTES = 64 * 1024;

/** Pairs, since a name may be any property of an object. */
const contentSchema = z.object({ secrets: z.array(z.tuple([z.string(), z.base64()])) });

interface Opened {
  readonly header: Header;
  readonly key: FileKey;
  readonly secrets: ReadonlyMap<string, string>;
}

/** The caller lets one change follow the other. */
export function createEncryptedProvider({ file, sources, cost }: EncryptedOptions): EncryptedProvider {
  const keys = keyCache();

  const read = async (): Promise<{ bytes: Buffer; header: Header } | null> => {
    const bytes = await readPrivateFile(file).catch((thrown: unknown) => {
      const why = codeOf(thrown) ?? String(thrown);
      throw new HoldfastError('HF_SECRETS_UNAVAILABLE', {
        what: `${file} cannot be read`,
        why,
        fix: 'Repair its permissions.',
        cause: thrown,
      });
    });
    if (bytes === null) return null;
    const header = readHeader(bytes);
    if ('refused' in header) throw refused(file, header);
    return { bytes, header };
  };

  const load = async (): Promise<Opened | null> => {
    const found = await read();
    if (found === null) return null;
    const { bytes, header } = found;
    const passphrase = await findPassphrase(header.kind, sources);
    if (passphrase === null) throw noKey(header.kind, sources);
    const key = await keys(passphrase, header);
    const plain = open(bytes, key);
    if ('refused' in plain) throw refused(file, plain);
    return { header, key, secrets: contentOf(file, plain) };
  };

  const save = (header: Header, key: FileKey, secrets: ReadonlyMap<string, string>): Promise<void> =>
    writePrivateFile(file, seal(header, key, Buffer.from(JSON.stringify({ secrets: [...secrets] }))));

  const fresh = async (): Promise<Opened> => {
    const header = newHeader(await kindForNew(sources), cost);
    const key = await keys(await findOrMakePassphrase(header.kind, sources), header);
    return { header, key, secrets: new Map() };
  };

  return {
    name: 'encrypted',
    mostBytes: MOST_BYTES,
    exists: async () => (await readPrivateFile(file).catch(() => Buffer.alloc(0))) !== null,
    async where() {
      const kind = (await read())?.header.kind ?? (await kindForNew(sources));
      const key = {
        passphrase: 'its key is your passphrase',
        keyring: "its key is in the system's keyring",
        'key-file': `its key lies beside it in ${sources.keyFile}, so whoever can read your files can read the secrets`,
      }[kind];
      return `${file}, encrypted; ${key}`;
    },
    async problem() {
      try {
        await load();
        return null;
      } catch (thrown) {
        if (thrown instanceof HoldfastError) return thrown.message;
        throw thrown;
      }
    },
    names: async () => [...((await load())?.secrets.keys() ?? [])].toSorted(),
    async get(name) {
      const value = (await load())?.secrets.get(name);
      return value === undefined ? null : Buffer.from(value, 'base64');
    },
    async set(name, value) {
      const { header, key, secrets } = (await load()) ?? (await fresh());
      await save(header, key, new Map(secrets).set(name, Buffer.from(value).toString('base64')));
    },
    async delete(name) {
      const opened = await load();
      if (!opened?.secrets.has(name)) return false;
      await save(opened.header, opened.key, new Map([...opened.secrets].filter(([other]) => other !== name)));
      return true;
    },
    async takePassphrase() {
      const opened = await load();
      if (opened === null || opened.header.kind === 'passphrase') return;
      const header = newHeader('passphrase', cost);
      await save(header, await keys(await findOrMakePassphrase('passphrase', sources), header), opened.secrets);
      if (opened.header.kind === 'key-file') await rm(sources.keyFile, { force: true });
    },
  };
}

/** Deriving a key is slow on purpose: the last one is kept. */
function keyCache(): (passphrase: string, header: Header) => Promise<FileKey> {
  let last: { readonly of: string; readonly key: Promise<FileKey> } | null = null;
  return (passphrase, header) => {
    const of = JSON.stringify([passphrase, header.salt.toString('hex'), header.cost]);
    if (last?.of !== of) last = { of, key: deriveKey(passphrase, header) };
    return last.key;
  };
}

function contentOf(file: string, plain: Buffer): Map<string, string> {
  try {
    return new Map(contentSchema.parse(JSON.parse(plain.toString('utf8'))).secrets);
  } catch {
    // The parser's own message would quote what is secret.
    throw refused(file, { refused: 'damaged' });
  }
}

function refused(file: string, { refused: how }: Refusal): HoldfastError {
  if (how === 'newer') return new HoldfastError('HF_STATE_NEWER', { what: `${file} was written by a newer Holdfast`, data: { file } });
  if (how === 'wrong-key')
    return new HoldfastError('HF_SECRETS_LOCKED', {
      what: `${file} cannot be opened`,
      why: 'the passphrase or key is another one',
      data: { file },
    });
  return new HoldfastError('HF_SECRETS_DAMAGED', { what: `${file} cannot be opened`, why: 'it was cut short or changed', data: { file } });
}
