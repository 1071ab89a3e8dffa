/** Finding values deep in JSON by their path, without parsing it into objects. */

import { JsonScanner } from '../lib/json-scanner.ts';
import type { ByteRange } from './identifier.ts';
import { stringValue } from './json-text.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;

/**
 * Where the values at `path` lie, in their order. A step is a key of an object, or `*` for each element of an array. Finds nothing in
 * bytes that are no valid JSON.
 */
export function findValues(bytes: Uint8Array, path: readonly string[]): ByteRange[] {
  const scanner = new JsonScanner(bytes);
  const found: ByteRange[] = [];
  const end = visit(scanner, scanner.skipWhitespace(0), path, 0, found);
  return end < 0 ? [] : found;
}

/** Visits the value at `start`, `step` steps down the path. Returns the offset behind it, -1 where it is not valid. */
function visit(scanner: JsonScanner, start: number, path: readonly string[], step: number, found: ByteRange[]): number {
  const wanted = path[step];
  const first = scanner.at(start);
  const isContainer = first === OPEN_BRACE || (first === OPEN_BRACKET && wanted === '*');
  if (wanted === undefined || !isContainer) {
    const end = scanner.skipValue(start, step);
    if (wanted === undefined && end >= 0) found.push({ start, end });
    return end;
  }
  const close = first + 2;
  let pos = scanner.skipWhitespace(start + 1);
  if (scanner.at(pos) === close) return pos + 1;
  for (;;) {
    let matches = true;
    if (first === OPEN_BRACE) {
      if (scanner.at(pos) !== QUOTE) return -1;
      const keyEnd = scanner.skipString(pos);
      if (keyEnd < 0) return -1;
      matches = stringValue(scanner.bytes, pos, keyEnd) === wanted;
      pos = scanner.skipColon(keyEnd);
      if (pos < 0) return -1;
    }
    pos = matches ? visit(scanner, pos, path, step + 1, found) : scanner.skipValue(pos, step + 1);
    if (pos < 0) return -1;
    pos = scanner.skipWhitespace(pos);
    if (scanner.at(pos) === close) return pos + 1;
    if (scanner.at(pos) !== COMMA) return -1;
    pos = scanner.skipWhitespace(pos + 1);
  }
}
