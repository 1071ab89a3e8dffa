import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { stateWriteError } from './write-error.ts';

/**
 * Ends the name of a file that is being written. One fixed name per target, so that a writer that was killed leaves at most one such file,
 * which the next write reuses. That needs one writer per file, which the daemon's mutex gives.
 */
export const TEMPORARY_SUFFIX = '.tmp';

/**
 * Replaces a file as a whole, mode 0600: a reader, also after a power loss, sees the old content or the new, never a part.
 * @param durable also survive a power loss right after the promise resolved (syncs the folder); otherwise the old content may come back
 * @throws HF_STATE_WRITE; the old file is untouched and no temporary file stays
 */
export async function writeFileAtomically(file: string, content: string | Uint8Array, durable: boolean): Promise<void> {
  const temporary = file + TEMPORARY_SUFFIX;
  try {
    await writeSynced(temporary, content);
    await rename(temporary, file);
    if (durable) await syncFolder(dirname(file));
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => undefined); // The first error is the one to tell.
    throw stateWriteError(file, thrown);
  }
}

async function writeSynced(file: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.writeFile(content);
    // Without it some file systems order the rename before the data, and a power loss leaves an empty file under the final name.
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Makes renames, creations and removals in a folder survive a power loss. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders; its file system journals renames.
  if (process.platform === 'win32') return;
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, 'r');
    await handle.sync();
  } finally {
    await handle?.close();
  }
}
