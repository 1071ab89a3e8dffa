import { execFile } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const BYTES = 4 * 1024 * 1024;

/** A file system of 4 MB. */
export interface SmallDisk {
  /** Leaves not one byte free. */
  fill(): void;
  makeRoom(): void;
  unmount(): Promise<void>;
}

/** Mounts one at a folder, which is made. @returns a reason where this user or machine cannot */
export async function mountDisk(folder: string, { readOnly = false } = {}): Promise<SmallDisk | { readonly reason: string }> {
  if (process.platform !== 'linux') return { reason: 'needs linux: a full disk is made with a tmpfs' };
  if (process.getuid?.() !== 0) return { reason: 'needs root: only root can mount a small disk' };
  mkdirSync(folder, { recursive: true });
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${BYTES},mode=0700${readOnly ? ',ro' : ''}`, 'tmpfs', folder]);
  } catch (error) {
    return { reason: `needs root: a small disk cannot be mounted here (${String(error)})` };
  }
  const filler = join(folder, 'filler');
  return {
    fill() {
      const file = openSync(filler, 'a');
      try {
        for (let size = 64 * 1024; size >= 1; size = Math.floor(size / 2)) fillWith(file, Buffer.alloc(size, 'x'));
      } finally {
        closeSync(file);
      }
    },
    makeRoom: () => rmSync(filler, { force: true }),
    async unmount() {
      await run('umount', [folder]);
    },
  };
}

function fillWith(file: number, piece: Buffer): void {
  for (;;) {
    try {
      if (writeSync(file, piece) < piece.length) return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw error;
    }
  }
}
