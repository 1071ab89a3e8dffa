/** Recognising a key of an object in raw bytes, so that no other parser can read a key that Holdfast did not see. */

import { encodeUtf8 } from '../lib/utf8.ts';
import { stringValue } from './json-text.ts';
import type { KeyTable, KnownKey } from './message-fields.ts';

const BACKSLASH = 0x5c;
/** The bit in which an ASCII letter differs from the same letter of the other case. */
const CASE_BIT = 0x20;

/**
 * The known key that the string `bytes[start, end)` (quotes included) is, or its look-alike, or undefined.
 *
 * A key written with escapes is decoded first: `"m\u0065thod"` is `method`. A key that differs in case only is a look-alike, because
 * some parsers (Go's encoding/json) take it for the same key.
 */
export function findKey(table: KeyTable, bytes: Uint8Array, start: number, end: number): KnownKey | undefined {
  const plain = findBytes(table, bytes, start + 1, end - 1);
  if (plain !== undefined) return plain;
  for (let pos = start + 1; pos < end; pos += 1) {
    const byte = bytes[pos] as number;
    if (byte === BACKSLASH || byte >= 0x80) return findDecoded(table, stringValue(bytes, start, end));
  }
  return undefined;
}

function findBytes(table: KeyTable, bytes: Uint8Array, start: number, end: number): KnownKey | undefined {
  const candidates = table[end - start];
  if (candidates === undefined) return undefined;
  for (const known of candidates) {
    let difference = 0;
    // Once something else than the case differs, it is neither this key nor its look-alike.
    for (let i = 0; i < known.bytes.length && (difference | CASE_BIT) === CASE_BIT; i += 1)
      difference |= (bytes[start + i] as number) ^ (known.bytes[i] as number);
    if (difference === 0) return known;
    if (difference === CASE_BIT) return known.lookAlike;
  }
  return undefined;
}

function findDecoded(table: KeyTable, key: string): KnownKey | undefined {
  const exact = encodeUtf8(key);
  const found = findBytes(table, exact, 0, exact.length);
  if (found !== undefined) return found;
  // Up and down again, since letters such as the long s and the Kelvin sign fold to ASCII in one direction only.
  const folded = encodeUtf8(key.toUpperCase().toLowerCase());
  const similar = findBytes(table, folded, 0, folded.length);
  return similar?.lookAlike ?? similar;
}
