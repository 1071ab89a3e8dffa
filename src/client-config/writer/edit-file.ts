import { randomBytes } from 'node:crypto';
import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import type { Clock, Random } from '../../core/ports/clock.ts';
import type { ClientLock } from '../descriptors/descriptor.ts';
import { type ClientFile, encoded } from './client-file.ts';
import { clientLock, noLock } from './client-lock.ts';
import { type Outcome, type Replaced, type Replacement, replaceFile } from './replace-file.ts';
import { pause, useSettled } from './settled-file.ts';
import { accessError } from './system-error.ts';

/** How long to try when somebody else keeps writing the file, in ms. */
const LONGEST_BUSY_MS = 5_000;
/** How long a client may hold its lock, in ms: longer than any of them takes, and than a stale one counts. */
const LONGEST_LOCK_MS = 12_000;
/** As Cline does. */
const LOCK_POLL_MS = 25;
/** After so many times that somebody else was faster, a small file is read, planned and replaced without a pause. */
const PATIENT_ATTEMPTS = 3;

/** What a file is to become: a text, or exactly these bytes; null = it is to be deleted. */
export type Wanted = { readonly text: string } | { readonly bytes: Buffer | null };

export interface FileEdit {
  readonly lock: ClientLock | undefined;
  readonly clock: Clock;
  readonly random: Random;
  /** Keeps a file's old bytes before it is written in a way that a power loss could cut short. */
  readonly keep: (bytes: Buffer) => void;
  /** Decides, from the file as it is, what it is to become. Called again after each time that somebody else was faster. */
  readonly plan: (file: ClientFile) => Wanted;
  /** Called before an attempt to replace the file, with what was planned; the file that is replaced in the end may be a newer one. */
  readonly before: (file: ClientFile, bytes: Buffer | null) => void;
}

/**
 * Reads, plans, compares again and replaces, until nobody came in between.
 * @returns the file before and its bytes after; the same bytes where there was nothing to do
 * @throws HF_CLIENT_FILE_ACCESS, HF_CLIENT_FILE_BUSY, and what `plan` throws; the file is untouched
 */
export async function editFile(path: string, edit: FileEdit): Promise<Replaced> {
  const { clock, random } = edit;
  const begun = clock.monotonic();
  const wait = async (): Promise<boolean> => {
    await pause(clock, LOCK_POLL_MS);
    return clock.monotonic() - begun < LONGEST_LOCK_MS;
  };
  const wantedBytes = (file: ClientFile): Buffer | null => {
    const wanted = edit.plan(file);
    const bytes = 'text' in wanted ? textBytes(file, wanted.text) : wanted.bytes;
    return bytes !== null && file.bytes?.equals(bytes) ? file.bytes : bytes;
  };
  for (let attempt = 1; attempt === 1 || clock.monotonic() - begun < LONGEST_BUSY_MS; attempt += 1) {
    const { file, bytes } = await useSettled(path, clock, (read) => ({ file: read, bytes: wantedBytes(read) }));
    if (bytes === file.bytes) return { file, bytes };
    edit.before(file, bytes);
    const atOnce = attempt > PATIENT_ATTEMPTS ? wantedBytes : undefined;
    if (atOnce !== undefined && file.bytes !== null) edit.keep(file.bytes);
    const lock = edit.lock === undefined ? noLock : clientLock(edit.lock, file.real, randomBytes(8).toString('hex'));
    const outcome = await replaced(file, bytes, { lock, wait, now: () => clock.now(), keep: edit.keep, atOnce });
    if (outcome === 'locked') throw busy(path, 'its client holds the lock');
    if (outcome !== 'changed') return outcome;
    await pause(clock, 1 + random() * 30);
  }
  throw busy(path, 'another program keeps writing it');
}

async function replaced(file: ClientFile, bytes: Buffer | null, replacement: Replacement): Promise<Outcome> {
  try {
    return await replaceFile(file, bytes, replacement);
  } catch (thrown) {
    throw accessError(file.path, thrown);
  }
}

/** A text that did not change keeps the bytes that it came from. */
function textBytes(file: ClientFile, text: string): Buffer | null {
  return text === file.text ? file.bytes : encoded(text, file.bom);
}

function busy(file: string, why: string): HoldfastError {
  return new HoldfastError('HF_CLIENT_FILE_BUSY', { what: `Cannot write ${file} now`, why, data: { file } });
}
