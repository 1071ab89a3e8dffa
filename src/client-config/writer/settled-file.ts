import { stat } from 'node:fs/promises';
import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { type ClientFile, readClientFile } from './client-file.ts';

/** Who truncates a file before he writes it is done within so many ms. */
const SETTLES_WITHIN_MS = 250;
/** How long to look at a file that never settles, in ms. */
const LONGEST_LOOK_MS = 2_000;
const LOOK_AGAIN_MS = 10;

/**
 * Reads a client's file and makes something of it. One that is empty, or that cannot be understood, and was written just now may be half
 * written, since many programs truncate a file before they write it: it is looked at again.
 * @param use may throw HF_CLIENT_FILE_SYNTAX
 * @throws as `readClientFile`, and what `use` throws of a file that has settled
 */
export async function useSettled<T>(path: string, clock: Clock, use: (file: ClientFile) => T | Promise<T>): Promise<T> {
  const begun = clock.monotonic();
  for (;;) {
    const last = clock.monotonic() - begun > LONGEST_LOOK_MS;
    try {
      const file = await readClientFile(path);
      if (last || file.bytes?.length !== 0 || !(await isJustWritten(path, clock))) return await use(file);
    } catch (thrown) {
      if (last || !isSyntax(thrown) || !(await isJustWritten(path, clock))) throw thrown;
    }
    await pause(clock, LOOK_AGAIN_MS);
  }
}

/** Whether an error says that a file cannot be understood. */
export function isSyntax(thrown: unknown): boolean {
  return thrown instanceof HoldfastError && thrown.code === 'HF_CLIENT_FILE_SYNTAX';
}

export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

/** Asked after it was read, so that whoever wrote it since counts. */
async function isJustWritten(path: string, clock: Clock): Promise<boolean> {
  const facts = await stat(path).catch(() => null);
  return facts !== null && Math.abs(clock.now() - facts.mtimeMs) < SETTLES_WITHIN_MS;
}
