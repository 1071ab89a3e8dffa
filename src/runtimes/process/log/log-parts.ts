import { type FileHandle, open } from 'node:fs/promises';
import { isMissing, olderPart, sizeOf } from './log-files.ts';

/** Reads from the part that holds `offset`: the current file begins at `base`, older parts end where the next one begins. */
export async function readParts(
  path: string,
  files: number,
  base: number,
  offset: number,
  length: number,
): Promise<{ offset: number; bytes: Buffer }> {
  let start = base;
  let age = 0;
  while (offset < start && age + 1 < files) {
    const size = await sizeOf(olderPart(path, age + 1));
    if (size === 0) break;
    age += 1;
    start -= size;
  }
  const from = Math.max(offset, start, 0);
  let handle: FileHandle;
  try {
    handle = await open(olderPart(path, age), 'r');
  } catch (thrown) {
    if (isMissing(thrown)) return { offset: from, bytes: Buffer.alloc(0) };
    throw thrown;
  }
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, from - start);
    return { offset: from, bytes: buffer.subarray(0, bytesRead) };
  } finally {
    await handle.close();
  }
}
