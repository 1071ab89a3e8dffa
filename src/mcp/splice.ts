/** Changing a message by byte ranges: what lies outside the ranges is copied as it is. */

import { encodeUtf8 } from '../lib/utf8.ts';
import type { ByteRange } from './identifier.ts';
import type { Message } from './message.ts';

export interface Splice extends ByteRange {
  readonly replacement: Uint8Array;
}

/**
 * A copy of `bytes[start, end)` in which each range holds its replacement. The ranges refer to `bytes`, lie in `[start, end)`, do not
 * overlap, and may come in any order.
 */
export function spliceRanges(bytes: Uint8Array, splices: readonly Splice[], start = 0, end = bytes.length): Uint8Array {
  const ordered = splices.length > 1 ? splices.toSorted((a, b) => a.start - b.start) : splices;
  let length = end - start;
  for (const splice of ordered) length += splice.replacement.length - (splice.end - splice.start);
  // Buffer's pool makes this five times faster than a new Uint8Array, for bodies of the usual size.
  const result = Buffer.allocUnsafe(length);
  let from = start;
  let to = 0;
  for (const splice of ordered) {
    result.set(bytes.subarray(from, splice.start), to);
    to += splice.start - from;
    result.set(splice.replacement, to);
    to += splice.replacement.length;
    from = splice.end;
  }
  result.set(bytes.subarray(from, end), to);
  return result;
}

/** The bytes of one message with some ranges replaced; without the white space or the rest of the batch around it. */
export function spliceMessage(message: Message, splices: readonly Splice[]): Uint8Array {
  return spliceRanges(message.bytes, splices, message.start, message.end);
}

/** A message with another id. Undefined where it has none. */
export function replaceId(message: Message, id: Uint8Array): Uint8Array | undefined {
  const range = message.range('id');
  return range && spliceMessage(message, [{ start: range.start, end: range.end, replacement: id }]);
}

/** An id or token as the JSON that goes on the wire. Numbers are integers. */
export function encodeIdentifier(id: number | string): Uint8Array {
  return encodeUtf8(typeof id === 'number' ? String(id) : JSON.stringify(id));
}

/**
 * JSON with every raw CR and LF made a space, so that it is one line. In valid JSON they stand between tokens only, where a space means
 * the same. Returns `bytes` itself where there is none.
 */
export function flatten(bytes: Uint8Array): Uint8Array {
  let pos = 0;
  while (pos < bytes.length && !isLineBreak(bytes[pos])) pos += 1;
  if (pos === bytes.length) return bytes;
  const flat = new Uint8Array(bytes);
  for (; pos < flat.length; pos += 1) if (isLineBreak(flat[pos])) flat[pos] = 0x20;
  return flat;
}

function isLineBreak(byte: number | undefined): boolean {
  return byte === 0x0a || byte === 0x0d;
}
