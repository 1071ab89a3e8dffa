/** Values read out of JSON that was validated before: none of these functions checks its input again. */

import { decodeUtf8 } from '../lib/utf8.ts';

const BACKSLASH = 0x5c;

/** The value of the string literal `bytes[start, end)`, quotes included. */
export function stringValue(bytes: Uint8Array, start: number, end: number): string {
  for (let pos = start; pos < end; pos += 1) {
    if (bytes[pos] === BACKSLASH) return String(jsonValue(bytes, start, end));
  }
  return decodeUtf8(bytes, start + 1, end - 1);
}

/** The value of the number literal `bytes[start, end)`, rounded to a double as JSON.parse does. */
export function numberValue(bytes: Uint8Array, start: number, end: number): number {
  // Up to nine plain digits, which is what ids are made of, need no string.
  if (end - start > 9) return Number(decodeUtf8(bytes, start, end));
  let value = 0;
  for (let pos = start; pos < end; pos += 1) {
    const digit = (bytes[pos] as number) - 0x30;
    if (digit < 0 || digit > 9) return Number(decodeUtf8(bytes, start, end));
    value = value * 10 + digit;
  }
  return value;
}

/** The parsed value of `bytes[start, end)`. */
export function jsonValue(bytes: Uint8Array, start: number, end: number): unknown {
  return JSON.parse(decodeUtf8(bytes, start, end));
}
