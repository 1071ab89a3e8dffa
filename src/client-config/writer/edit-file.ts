import { randomBytes } from 'node:crypto';
import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import type { Clock, Random } from '../../core/ports/clock.ts';
import type { ClientLock } from '../descriptors/descriptor.ts';
import { type ClientFile, encoded, readClientFile } from './client-file.ts';
import { clientLock, noLock } from './client-lock.ts';
import { replaceFile } from './replace-file.ts';
import { accessError } from './system-error.ts';

/** How long to try when somebody else keeps writing the file, in ms. */
const LONGEST_BUSY_MS = 5_000;
/** How long a client may hold its lock, in ms: longer than any of them takes, and than a stale one counts. */
const LONGEST_LOCK_MS = 12_000;
/** As Cline does. */
const LOCK_POLL_MS = 25;

/** What a file is to become: a text, or exactly these bytes; null = it is to be deleted. */
export type Wanted = { readonly text: string } | { readonly bytes: Buffer | null };

export interface FileEdit {
  readonly lock: ClientLock | undefined;
  readonly clock: Clock;
  readonly random: Random;
  /** Keeps a file's old bytes before it is written in place. */
  readonly keep: (bytes: Buffer) => void;
  /** Decides, from the file as it is, what it is to become. Called again after each time that somebody else was faster. */
  readonly plan: (file: ClientFile) => Wanted;
  /** Called before the file is replaced, and after, with what was planned last. */
  readonly before: (file: ClientFile, bytes: Buffer | null) => Promise<void>;
}

/**
 * Reads, plans, compares again and replaces, until nobody came in between.
 * @returns the file before and its bytes after; the same bytes where there was nothing to do
 * @throws HF_CLIENT_FILE_ACCESS, HF_CLIENT_FILE_BUSY, and what `plan` throws; the file is untouched
 */
export async function editFile(path: string, edit: FileEdit): Promise<{ readonly file: ClientFile; readonly bytes: Buffer | null }> {
  const { clock, random } = edit;
  const begun = clock.monotonic();
  const wait = async (): Promise<boolean> => {
    await pause(clock, LOCK_POLL_MS);
    return clock.monotonic() - begun < LONGEST_LOCK_MS;
  };
  do {
    const file = await readClientFile(path);
    const wanted = edit.plan(file);
    const bytes = 'text' in wanted ? textBytes(file, wanted.text) : wanted.bytes;
    if (bytes === file.bytes || (bytes !== null && file.bytes?.equals(bytes))) return { file, bytes: file.bytes };
    await edit.before(file, bytes);
    const lock = edit.lock === undefined ? noLock : clientLock(edit.lock, file.real, randomBytes(8).toString('hex'));
    const outcome = await replaced(file, bytes, { lock, wait, now: () => clock.now(), keep: edit.keep });
    if (outcome === 'done') return { file, bytes };
    if (outcome === 'locked') throw busy(path, 'its client holds the lock');
    await pause(clock, 1 + random() * 30);
  } while (clock.monotonic() - begun < LONGEST_BUSY_MS);
  throw busy(path, 'another program keeps writing it');
}

async function replaced(...args: Parameters<typeof replaceFile>): ReturnType<typeof replaceFile> {
  try {
    return await replaceFile(...args);
  } catch (thrown) {
    throw accessError(args[0].path, thrown);
  }
}

/** A text that did not change keeps the bytes that it came from. */
function textBytes(file: ClientFile, text: string): Buffer | null {
  return text === file.text ? file.bytes : encoded(text, file.bom);
}

function busy(file: string, why: string): HoldfastError {
  return new HoldfastError('HF_CLIENT_FILE_BUSY', { what: `Cannot write ${file} now`, why, data: { file } });
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
