/** The known method names as bytes: finding one is a comparison, where decoding it would allocate a string for each message. */

import { encodeUtf8 } from '../lib/utf8.ts';
import { METHOD_NAMES } from './methods.ts';

interface MethodName {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const BY_LENGTH: readonly (readonly MethodName[] | undefined)[] = byLength(METHOD_NAMES);

function byLength(names: readonly string[]): MethodName[][] {
  const table: MethodName[][] = [];
  for (const name of names) {
    const bytes = encodeUtf8(name);
    for (let length = table.length; length <= bytes.length; length += 1) table.push([]);
    table[bytes.length]?.push({ name, bytes });
  }
  return table;
}

/** The known method that `bytes[start, end)` spells plainly (without quotes); undefined for any other text, escaped spellings included. */
export function knownMethod(bytes: Uint8Array, start: number, end: number): string | undefined {
  const candidates = BY_LENGTH[end - start];
  if (candidates === undefined) return undefined;
  for (const { name, bytes: expected } of candidates) {
    let i = 0;
    while (i < expected.length && expected[i] === bytes[start + i]) i += 1;
    if (i === expected.length) return name;
  }
  return undefined;
}
