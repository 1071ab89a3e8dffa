/** Scanning one object of a message: everything in it is validated, the keys that mean something are noted. */

import { type JsonScanner, MAX_DEPTH } from '../lib/json-scanner.ts';
import { findKey } from './known-key.ts';
import type { FoundField } from './message.ts';
import type { KeyTable, KnownKey } from './message-fields.ts';
import { type PeekFailure, peekFailure } from './peek-failure.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Scans the object whose brace is at `start` and that lies in `depth` containers. Adds to `found` what its `keys` name, also in the objects
 * that these lead to, and returns the offset behind its closing brace. Calls itself as deep as the tables go, never as deep as the input.
 */
export function scanMembers(scanner: JsonScanner, start: number, depth: number, keys: KeyTable, found: FoundField[]): number | PeekFailure {
  if (depth >= MAX_DEPTH) return peekFailure('too-deep', start);
  let pos = scanner.skipWhitespace(start + 1);
  if (scanner.at(pos) === CLOSE_BRACE) return pos + 1;
  let seen = 0;
  for (;;) {
    if (scanner.at(pos) !== QUOTE) return peekFailure('not-json', pos);
    const keyEnd = scanner.skipString(pos);
    if (keyEnd < 0) return peekFailure(scanner.fault, scanner.faultAt);
    const key = findKey(keys, scanner.bytes, pos, keyEnd);
    if (key !== undefined) {
      if ((seen & key.bit) !== 0) return peekFailure('duplicate-key', pos);
      seen |= key.bit;
    }
    const valueStart = scanner.skipColon(keyEnd);
    if (valueStart < 0) return peekFailure(scanner.fault, scanner.faultAt);
    const valueEnd = scanValue(scanner, valueStart, depth + 1, key, found);
    if (typeof valueEnd !== 'number') return valueEnd;
    if (key?.field !== undefined) found.push({ field: key.field, start: valueStart, end: valueEnd });
    pos = scanner.skipWhitespace(valueEnd);
    const next = scanner.at(pos);
    if (next === CLOSE_BRACE) return pos + 1;
    if (next !== COMMA) return peekFailure('not-json', pos);
    pos = scanner.skipWhitespace(pos + 1);
  }
}

function scanValue(
  scanner: JsonScanner,
  start: number,
  depth: number,
  key: KnownKey | undefined,
  found: FoundField[],
): number | PeekFailure {
  if (key?.inside !== undefined && scanner.at(start) === OPEN_BRACE) return scanMembers(scanner, start, depth, key.inside, found);
  const end = scanner.skipValue(start, depth);
  return end < 0 ? peekFailure(scanner.fault, scanner.faultAt) : end;
}
