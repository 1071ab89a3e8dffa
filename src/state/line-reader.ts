import { type FileHandle, open } from 'node:fs/promises';
import { systemCode } from './write-error.ts';

const CHUNK = 256 * 1024;
const NEWLINE = 0x0a;

/** Gets the bytes without the newline, valid only during the call, and the offset at which the line begins. Empty lines come too. */
export type OnLine = (line: Buffer, offset: number) => void;

export interface LineRange {
  /** First byte, the beginning of a line. */
  readonly from?: number;
  /** Byte behind the last one to read. */
  readonly to?: number;
  /** Awaited from time to time, so that a caller can pass on what it gathered. */
  readonly between?: () => Promise<void>;
}

/**
 * Reads the whole lines of a file, or of a range of it, in pieces: a large file costs little memory and no long turn of the event loop.
 * Answers the offset behind the last newline: what follows it was torn by a writer's death. A file that is not there has no lines.
 */
export async function readLines(file: string, onLine: OnLine, range: LineRange = {}): Promise<number> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return 0;
    throw thrown;
  }
  try {
    return await readFrom(handle, onLine, range);
  } finally {
    await handle.close();
  }
}

async function readFrom(handle: FileHandle, onLine: OnLine, range: LineRange): Promise<number> {
  const { from = 0, to = Number.POSITIVE_INFINITY, between } = range;
  const chunk = Buffer.allocUnsafe(CHUNK);
  /** Beginnings of a line whose end is in a later chunk. */
  let pieces: Buffer[] = [];
  let lineStart = from;
  let position = from;
  while (position < to) {
    const { bytesRead } = await handle.read(chunk, 0, Math.min(CHUNK, to - position), position);
    if (bytesRead === 0) break;
    const read = chunk.subarray(0, bytesRead);
    let start = 0;
    for (let end = read.indexOf(NEWLINE); end !== -1; end = read.indexOf(NEWLINE, start)) {
      const rest = read.subarray(start, end);
      onLine(pieces.length === 0 ? rest : Buffer.concat([...pieces, rest]), lineStart);
      pieces = [];
      start = end + 1;
      lineStart = position + start;
    }
    if (start < bytesRead) pieces.push(Buffer.from(read.subarray(start)));
    position += bytesRead;
    await between?.();
  }
  return lineStart;
}
