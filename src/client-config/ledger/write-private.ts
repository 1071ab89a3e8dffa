import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import { systemCode } from '../writer/system-error.ts';

/** Writes a file (0600) as a whole into a folder (0700) that is made where it is missing. @throws HF_STATE_WRITE */
export function writePrivate(folder: string, path: string, content: string | Buffer): void {
  const temporary = `${path}.tmp`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const handle = openSync(temporary, 'w', 0o600);
    try {
      writeFileSync(handle, content);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, path);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw new HoldfastError('HF_STATE_WRITE', { what: `Cannot write ${path}`, why: systemCode(thrown) ?? String(thrown), cause: thrown });
  }
}
