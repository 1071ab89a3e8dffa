import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, ftruncateSync, linkSync, openSync, readFileSync, renameSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ClientFile } from './client-file.ts';
import type { Lock } from './client-lock.ts';
import { replaceAtOnce } from './replace-at-once.ts';
import { NOT_REPLACEABLE, systemCode } from './system-error.ts';

/** A file as it was right before it was replaced, and its bytes now; null = it is deleted. */
export interface Replaced {
  readonly file: ClientFile;
  readonly bytes: Buffer | null;
}

/** What became of an attempt: `changed` = somebody wrote the file since it was read; `locked` = its client holds the lock. */
export type Outcome = Replaced | 'changed' | 'locked';

/** What the attempt needs from outside. */
export interface Replacement {
  readonly lock: Lock;
  /** Called while the client holds its lock: pauses; false = that was long enough. */
  readonly wait: () => Promise<boolean>;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Called before a file is written in place, where a crash could leave half of it: keeps its old bytes. */
  readonly keep: (bytes: Buffer) => void;
  /** Decides what the file becomes that was written since; undefined = that counts as `changed`. */
  readonly atOnce: ((file: ClientFile) => Buffer | null) | undefined;
}

/**
 * Replaces a file that was read before, whole or not at all, unless it changed since. Everything slow is done first; then, under the
 * client's lock and without a pause, the file is compared again and renamed. With `atOnce` one that changed is planned again there.
 * @param bytes null = delete it
 * @throws what the system throws; the file is untouched and nothing stays beside it
 */
export async function replaceFile(file: ClientFile, bytes: Buffer | null, replacement: Replacement): Promise<Outcome> {
  const { lock, now, atOnce } = replacement;
  const temporary = bytes === null ? null : await prepared(file, bytes);
  let done: Replaced = { file, bytes };
  try {
    while (!lock.take(now())) if (!(await replacement.wait())) return 'locked';
    try {
      if (!sameBytes(current(file.real), file.bytes)) {
        const newer = atOnce && replaceAtOnce(file, atOnce);
        if (newer === undefined) return 'changed';
        done = newer;
      } else if (bytes === null) unlinkSync(file.real);
      else if (temporary === null || !moved(temporary, file)) writeInPlace(file, bytes, replacement.keep);
    } finally {
      lock.release();
    }
  } catch (thrown) {
    if (systemCode(thrown) === 'EEXIST' && file.bytes === null) return 'changed';
    throw thrown;
  } finally {
    if (temporary !== null) rmSync(temporary, { force: true });
    lock.dispose();
  }
  // What was replaced at once is not on the disk yet.
  if (done.file !== file) await sync(file.real);
  await sync(dirname(file.real));
  return done;
}

/** The new content in a file of the same folder, mode and owner; null where that is not possible. */
async function prepared(file: ClientFile, bytes: Buffer): Promise<string | null> {
  const folder = dirname(file.real);
  if (file.bytes === null) await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `.${basename(file.real)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      if (file.bytes !== null) {
        const { uid, gid } = await handle.stat();
        if (uid !== file.uid || gid !== file.gid) await handle.chown(file.uid, file.gid);
        await handle.chmod(file.mode);
      }
      // Without it some file systems order the rename before the data, and a power loss leaves an empty file under the final name.
      await handle.sync();
    } finally {
      await handle.close();
    }
    return temporary;
  } catch (thrown) {
    rmSync(temporary, { force: true });
    // A file whose owner cannot be kept is not replaced either.
    if (file.bytes !== null && NOT_REPLACEABLE.includes(systemCode(thrown) ?? '')) return null;
    throw thrown;
  }
}

/** Moves the new file into place. False where this file cannot be replaced. */
function moved(temporary: string, file: ClientFile): boolean {
  try {
    // A link fails where somebody made the file meanwhile; a rename would replace theirs.
    if (file.bytes === null) linkSync(temporary, file.real);
    else renameSync(temporary, file.real);
    return true;
  } catch (thrown) {
    const code = systemCode(thrown) ?? '';
    if (file.bytes === null && ['EPERM', 'ENOTSUP', 'ENOSYS'].includes(code)) {
      renameSync(temporary, file.real);
      return true;
    }
    if (file.bytes !== null && NOT_REPLACEABLE.includes(code)) return false;
    throw thrown;
  }
}

function writeInPlace(file: ClientFile, bytes: Buffer, keep: (bytes: Buffer) => void): void {
  const handle = openSync(file.real, 'r+');
  try {
    if (file.bytes !== null) keep(file.bytes);
    for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written, bytes.length - written, written);
    ftruncateSync(handle, bytes.length);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function current(real: string): Buffer | null {
  try {
    return readFileSync(real);
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return null;
    throw thrown;
  }
}

function sameBytes(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}

/** Makes a file, or the renames in a folder, survive a power loss, where the system can. */
async function sync(path: string): Promise<void> {
  // Windows opens no folders, and syncs nothing that is opened to be read; its file system journals renames.
  if (process.platform === 'win32') return;
  try {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The file is replaced; that it might come back after a power loss is nothing that a caller could mend.
  }
}
