import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import { systemCode } from '../writer/system-error.ts';
import { Additions } from './additions.ts';
import { type FileRecord, fileRecordSchema } from './record.ts';
import { TakenOutEntries } from './taken-out.ts';
import { writePrivate } from './write-private.ts';

/** A record and the bytes that the file had before our first entry. */
export interface Remembered {
  readonly record: FileRecord;
  /** Null where there was no file. */
  readonly base: Buffer | null;
  /** The bytes with the foreign entries that were taken; null where they are not known. */
  readonly origin: Buffer | null;
}

/**
 * What Holdfast wrote into clients' files: a record a file, and backups, in a private folder (0700, files 0600). It alone decides what is
 * ours. One writer at a time.
 */
export class Ledger {
  readonly takenOut: TakenOutEntries;
  readonly additions: Additions;
  readonly #folder: string;

  /** @param folder absolute; made when it is first needed */
  constructor(folder: string) {
    this.#folder = folder;
    this.additions = new Additions(folder, (file) => this.#path(file, 'additions'));
    this.takenOut = new TakenOutEntries(folder, (file) => this.#path(file, 'taken-out'));
  }

  /**
   * Undefined where nothing of ours is in that file.
   * @throws HF_STATE_DAMAGED; the record is set aside, so that the next call finds nothing
   */
  async load(file: string): Promise<Remembered | undefined> {
    const path = this.#path(file, 'json');
    const text = await readFile(path, 'utf8').catch(absent);
    if (text === null) return undefined;
    const record = parsed(text);
    if (record === undefined) {
      const aside = `${path}.damaged`;
      await rename(path, aside);
      const what = `What Holdfast wrote into ${file} is no longer known`;
      throw new HoldfastError('HF_STATE_DAMAGED', { what, why: `${aside} cannot be read`, data: { file, aside } });
    }
    const base = record.base.existed ? await readFile(this.#path(file, 'base')).catch(absent) : null;
    const origin = record.origin === true ? await readFile(this.#path(file, 'origin')).catch(absent) : null;
    return { record, base, origin };
  }

  /** @throws HF_STATE_WRITE */
  save(record: FileRecord): void {
    this.#write(this.#path(record.file, 'json'), `${JSON.stringify(record, null, 2)}\n`);
  }

  /** Keeps the bytes of a file that has no entry of ours yet. @throws HF_STATE_WRITE */
  keepBase(file: string, bytes: Buffer): void {
    this.#write(this.#path(file, 'base'), bytes);
  }

  /** Keeps the bytes from before the first foreign entry was taken. @throws HF_STATE_WRITE */
  keepOrigin(file: string, bytes: Buffer): void {
    this.#write(this.#path(file, 'origin'), bytes);
  }

  /** Keeps the bytes of a file that is about to be written in place. @throws HF_STATE_WRITE */
  keepLast(file: string, bytes: Buffer): void {
    this.#write(this.#path(file, 'last'), bytes);
  }

  /** Nothing of ours is in that file any more. */
  forget(file: string): void {
    for (const kind of ['json', 'base', 'last', 'origin']) rmSync(this.#path(file, kind), { force: true });
  }

  #path(file: string, kind: string): string {
    return join(this.#folder, `${createHash('sha256').update(file).digest('hex').slice(0, 32)}.${kind}`);
  }

  #write(path: string, content: string | Buffer): void {
    writePrivate(this.#folder, path, content);
  }
}

/** The digest by which a file is recognised as what we wrote. */
export function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function parsed(text: string): FileRecord | undefined {
  try {
    return fileRecordSchema.safeParse(JSON.parse(text)).data;
  } catch {
    // Not even JSON: the caller says so.
    return undefined;
  }
}

function absent(thrown: unknown): null {
  if (systemCode(thrown) === 'ENOENT') return null;
  throw thrown;
}
