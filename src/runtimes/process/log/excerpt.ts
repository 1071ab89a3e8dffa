import { plainText } from './plain-text.ts';
import type { ServerLog } from './server-log.ts';

/** Longest line of an excerpt, in characters. */
const LINE_MAX = 2_000;
/** How far back an excerpt looks, in bytes. */
const LOOK_BACK = 256 * 1024;

/**
 * The last lines of a log, oldest first, as they may stand in an error: no escape sequences, no empty lines at the end, each at most 2,000
 * characters. A last line without a line end counts: it is what a server that died in the middle of one said last.
 * @param floor offset before which nothing is read: where the incarnation began
 */
export async function lastLines(log: ServerLog, floor: number, count: number, redact: (text: string) => string): Promise<string[]> {
  if (count <= 0) return [];
  const { end } = await log.extent();
  const from = Math.max(floor, end - LOOK_BACK);
  const chunks: Buffer[] = [];
  let cut = from > floor;
  for (let at = from; at < end; ) {
    const { offset, bytes } = await log.read(at, end - at);
    if (bytes.length === 0) break;
    // Older bytes were rotated away: the first line that is left is the end of one.
    if (chunks.length === 0 && offset > at) cut = true;
    chunks.push(bytes);
    at = offset + bytes.length;
  }
  const lines = Buffer.concat(chunks).toString('utf8').split('\n');
  if (cut && lines.length > 1) lines.shift();
  // Redacted before it is cut: the first half of a secret is not recognised as one.
  const plain = lines.map((line) => redact(plainText(line)).slice(0, LINE_MAX));
  while (plain.length > 0 && plain.at(-1)?.trim() === '') plain.pop();
  return plain.slice(-count);
}
