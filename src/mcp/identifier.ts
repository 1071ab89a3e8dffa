/** Request ids and progress tokens: values that come back exactly as they were sent, and are told apart by type and value. */

import { numberValue, stringValue } from './json-text.ts';

/** A stretch of bytes, `start` included and `end` not. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface Identifier extends ByteRange {
  readonly kind: 'number' | 'string' | 'null';
  /**
   * The same for two identifiers that a JSON parser would take for the same value, whatever their spelling (`1` and `1.0`); different
   * for the number 1 (`1`) and the string "1" (`"1"`).
   */
  readonly key: string;
}

/** The key of a number, a string or null, as `Identifier.key` gives it for their bytes. */
export function identifierKey(value: number | string | null): string {
  return typeof value === 'string' ? `"${value}"` : String(value);
}

/** Reads the JSON value `bytes[start, end)` as an identifier; undefined where it is an object, an array or a boolean. */
export function readIdentifier(bytes: Uint8Array, start: number, end: number): Identifier | undefined {
  const first = bytes[start] as number;
  if (first === 0x22) return { start, end, kind: 'string', key: identifierKey(stringValue(bytes, start, end)) };
  if (first === 0x2d || (first >= 0x30 && first <= 0x39)) {
    return { start, end, kind: 'number', key: identifierKey(numberValue(bytes, start, end)) };
  }
  return first === 0x6e ? { start, end, kind: 'null', key: 'null' } : undefined;
}
