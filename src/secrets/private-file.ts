import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HoldfastError } from '../core/errors/holdfast-error.ts';

/** The bytes of a file; null where there is none. @throws the system's error */
export async function readPrivateFile(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null;
    throw thrown;
  }
}

/**
 * Replaces a file as a whole, mode 0600, and makes its folder (0700): a reader, also after a power loss, sees the old content or the new.
 * One writer at a time. @throws HF_STATE_WRITE; the old file is untouched
 */
export async function writePrivateFile(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // What a killed writer left may have another mode.
    await rm(temporary, { force: true });
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => undefined); // The first error is the one to tell.
    const why = codeOf(thrown) ?? String(thrown);
    throw new HoldfastError('HF_STATE_WRITE', { what: `Cannot write ${path}`, why, data: { file: path }, cause: thrown });
  }
}

/** The stable code of a failed system call, e.g. `ENOENT`; null for anything else. */
export function codeOf(thrown: unknown): string | null {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : null;
}
