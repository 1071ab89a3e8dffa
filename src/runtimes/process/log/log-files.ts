import { appendFileSync, closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';

/** How much of a log is kept: `files` files of about `maxBytes` each, the current one included. */
export interface LogLimits {
  readonly maxBytes: number;
  readonly files: number;
}

export const defaultLogLimits: LogLimits = { maxBytes: 10_000_000, files: 3 };

const COPY_CHUNK = 256 * 1024;
/** What a server may write between the copy and the truncation and still keep; beyond that it floods, and the loop must not chase it. */
const LAST_COPY_MAX = 4 * 1024 * 1024;

/** Older parts of a log: `.1` is the last one that was full. */
export function olderPart(path: string, age: number): string {
  return age === 0 ? path : `${path}.${age}`;
}

/** Size in bytes, 0 where there is no file. */
export async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (thrown) {
    if (isMissing(thrown)) return 0;
    throw thrown;
  }
}

export function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
}

/**
 * Moves what the current file holds into `.1` and empties it in place. It is not renamed, because the server has it open and cannot be told;
 * it has it open for appending, so that its next line goes to the new start and leaves no hole.
 * @returns how many bytes were in the file when it was emptied
 */
export async function rotate(path: string, limits: LogLimits): Promise<number> {
  if (limits.files <= 1) return empty(path, null, Number.MAX_SAFE_INTEGER);
  const size = await sizeOf(path);
  const copy = `${path}.new`;
  try {
    await copyTail(path, Math.max(0, size - limits.maxBytes), size, copy);
  } catch (thrown) {
    await rm(copy, { force: true });
    // A full disk: room matters more than the old lines, once there are twice as many as may be.
    if (size > 2 * limits.maxBytes) return empty(path, null, Number.MAX_SAFE_INTEGER);
    throw thrown;
  }
  for (let age = limits.files - 2; age >= 1; age -= 1) {
    await rename(olderPart(path, age), olderPart(path, age + 1)).catch((thrown: unknown) => {
      if (!isMissing(thrown)) throw thrown;
    });
  }
  await rename(copy, olderPart(path, 1));
  return empty(path, olderPart(path, 1), size);
}

async function copyTail(path: string, from: number, to: number, copy: string): Promise<void> {
  const source = await open(path, 'r');
  let target: FileHandle | null = null;
  try {
    target = await open(copy, 'w', 0o600);
    const buffer = Buffer.allocUnsafe(COPY_CHUNK);
    for (let at = from; at < to; ) {
      const { bytesRead } = await source.read(buffer, 0, Math.min(COPY_CHUNK, to - at), at);
      if (bytesRead === 0) break;
      await target.writeFile(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
  } finally {
    await source.close();
    await target?.close();
  }
}

/** Copies what came after `copied` and truncates, in one go: whatever is written between the two is lost, so nothing else may run between. */
function empty(path: string, into: string | null, copied: number): number {
  const file = openSync(path, 'r+');
  try {
    const { size } = fstatSync(file);
    const rest = Math.min(size - copied, LAST_COPY_MAX);
    if (into !== null && rest > 0) {
      const buffer = Buffer.allocUnsafe(rest);
      appendFileSync(into, buffer.subarray(0, readSync(file, buffer, 0, rest, copied)));
    }
    ftruncateSync(file, 0);
    return size;
  } finally {
    closeSync(file);
  }
}
