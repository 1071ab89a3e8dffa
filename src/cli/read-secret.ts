import type { ReadStream } from 'node:tty';
import { usage } from './usage.ts';

/** More than any provider takes; what is longer is no secret but a mistake. */
const MOST_BYTES = 1024 * 1024;

/** Where a value may come from: a terminal, or anything that ends. */
export type SecretSource = Pick<ReadStream, 'isTTY' | 'setRawMode' | 'resume' | 'pause' | 'on' | 'off'> & AsyncIterable<Buffer | string>;

/**
 * Reads a value that must not be seen: all bytes of stdin, or at a terminal a line that is not shown.
 * @param ask writes the question; only at a terminal
 * @throws HF_USAGE where it is too long, or was interrupted
 */
export async function readSecret(ask: () => void, source: SecretSource = process.stdin): Promise<Buffer> {
  if (source.isTTY) {
    ask();
    return readHidden(source);
  }
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of source) {
    parts.push(Buffer.from(part));
    bytes += part.length;
    if (bytes > MOST_BYTES) throw usage(`The value is longer than ${MOST_BYTES} bytes`);
  }
  return Buffer.concat(parts);
}

/** Without one line end at its end, which `echo` and editors add. */
export function withoutLineEnd(value: Buffer): Buffer {
  if (value.at(-1) !== 0x0a) return value;
  return value.subarray(0, value.at(-2) === 0x0d ? -2 : -1);
}

const ENTER = [0x0a, 0x0d];
const END = 0x04;
const INTERRUPT = 0x03;
const ERASE = [0x08, 0x7f];

/** A line in raw mode: nothing is echoed. */
function readHidden(source: SecretSource): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const line: number[] = [];
    const end = (settle: () => void): void => {
      source.off('data', take);
      source.setRawMode(false);
      source.pause();
      settle();
    };
    const take = (part: Buffer | string): void => {
      for (const byte of Buffer.from(part)) {
        if (ENTER.includes(byte) || byte === END) return end(() => resolve(Buffer.from(line)));
        if (byte === INTERRUPT) return end(() => reject(usage('Nothing was changed: the question was interrupted')));
        if (ERASE.includes(byte)) eraseCharacter(line);
        else line.push(byte);
      }
    };
    source.setRawMode(true);
    source.on('data', take);
    source.resume();
  });
}

/** Takes the last character away, which may have several bytes in UTF-8. */
function eraseCharacter(line: number[]): void {
  while (((line.at(-1) ?? 0) & 0xc0) === 0x80) line.pop();
  line.pop();
}
