/** Whether two answers to a list request say the same, so that clients are told of real changes only. */

import { isRecord } from '../lib/record.ts';
import { jsonValue } from './json-text.ts';

/** The arrays that hold the entries of a list. */
const ENTRIES = new Set(['tools', 'prompts', 'resources', 'resourceTemplates']);

/** Parts of a result that are about the answer, not about the list. A cursor is opaque: only whether there is one counts. */
const ABOUT_THE_ANSWER = new Set(['_meta', 'ttlMs', 'cacheScope', 'resultType', 'nextCursor']);

/**
 * Compares two results of the same list method, given as valid JSON. The order of the entries and of the keys of objects does not count,
 * the order of all other arrays does.
 */
export function equalLists(a: Uint8Array, b: Uint8Array): boolean {
  return equalBytes(a, b) || canonicalList(a) === canonicalList(b);
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

function canonicalList(bytes: Uint8Array): string {
  const result = jsonValue(bytes, 0, bytes.length);
  if (!isRecord(result)) return canonical(result);
  const parts = Object.entries(result)
    .filter(([key]) => !ABOUT_THE_ANSWER.has(key))
    .map(([key, value]) => member(key, ENTRIES.has(key) && Array.isArray(value) ? canonicalEntries(value) : canonical(value)));
  return `${parts.toSorted().join()}|${'nextCursor' in result}`;
}

function canonicalEntries(entries: readonly unknown[]): string {
  return entries
    .map((entry) => canonical(entry))
    .toSorted()
    .join();
}

/** JSON with the keys of every object in order. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((element: unknown) => canonical(element)).join()}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, inner]) => member(key, canonical(inner)))
    .toSorted()
    .join()}}`;
}

function member(key: string, json: string): string {
  return `${JSON.stringify(key)}:${json}`;
}
