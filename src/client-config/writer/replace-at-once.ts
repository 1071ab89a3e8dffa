import { randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, fchownSync, fstatSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type ClientFile, readClientFileNow } from './client-file.ts';
import { isSyntax } from './settled-file.ts';
import { NOT_REPLACEABLE, systemCode } from './system-error.ts';

/** Planning a larger one takes more than the few ms that a client may be kept waiting for its lock. */
const MOST_BYTES = 16 * 1024;

/**
 * Reads, plans and replaces a file without a pause, for one that others write so often that it never stays as it was read. Its data is
 * written to the disk only afterwards, which is up to the caller.
 * @param file as it was read before
 * @param plan decides what it becomes; null = it is to be deleted
 * @returns the file as it was and its bytes now; undefined where this file cannot be replaced in this way, or was written even now
 * @throws what `plan` and the system throw; the file is untouched and nothing stays beside it
 */
export function replaceAtOnce(
  file: ClientFile,
  plan: (file: ClientFile) => Buffer | null,
): { readonly file: ClientFile; readonly bytes: Buffer } | undefined {
  const planned = plannedNow(file, plan);
  if (planned === undefined) return undefined;
  const { current, bytes } = planned;
  if (bytes === current.bytes) return { file: current, bytes };
  const temporary = join(dirname(current.real), `.${basename(current.real)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    write(temporary, current, bytes);
    if (current.bytes === null || !readFileSync(current.real).equals(current.bytes)) return undefined;
    renameSync(temporary, current.real);
    return { file: current, bytes };
  } catch (thrown) {
    const code = systemCode(thrown) ?? '';
    // Somebody deleted it just now, or it can only be written in place.
    if (code === 'ENOENT' || NOT_REPLACEABLE.includes(code)) return undefined;
    throw thrown;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Undefined where the file is none that can be replaced so, or may be half written. */
function plannedNow(
  file: ClientFile,
  plan: (file: ClientFile) => Buffer | null,
): { readonly current: ClientFile; readonly bytes: Buffer } | undefined {
  try {
    const current = readClientFileNow(file);
    if (current.bytes === null || current.bytes.length === 0 || current.bytes.length > MOST_BYTES) return undefined;
    const bytes = plan(current);
    return bytes === null ? undefined : { current, bytes };
  } catch (thrown) {
    if (isSyntax(thrown)) return undefined;
    throw thrown;
  }
}

function write(temporary: string, { mode, uid, gid }: ClientFile, bytes: Buffer): void {
  const handle = openSync(temporary, 'wx', 0o600);
  try {
    writeFileSync(handle, bytes);
    const made = fstatSync(handle);
    if (made.uid !== uid || made.gid !== gid) fchownSync(handle, uid, gid);
    fchmodSync(handle, mode);
  } finally {
    closeSync(handle);
  }
}
