import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { HoldfastError } from '../core/errors/holdfast-error.ts';
import { systemCode, systemReason } from './write-error.ts';

/** A JSON file of the state folder as it was found. */
export type StoredFile<T> =
  | { readonly kind: 'absent' }
  | { readonly kind: 'good'; readonly value: T }
  /** It was written by a newer Holdfast. */
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged'; readonly why: string };

/** Reads without changing anything; never throws. `current`: the newest value of its field `schema` that this program understands. */
export async function readStoredFile<T>(file: string, schema: z.ZodType<T>, current: number): Promise<StoredFile<T>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return { kind: 'absent' };
    return { kind: 'damaged', why: `it cannot be read: ${systemReason(thrown)}` };
  }
  return parseStored(text, schema, current);
}

/** The same for text that was read already. Reasons never quote the text: it may hold credentials. */
export function parseStored<T>(text: string, schema: z.ZodType<T>, current: number): StoredFile<T> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    return { kind: 'damaged', why: text.length === 0 ? 'it is empty' : `its ${text.length} characters are not JSON` };
  }
  const version = schemaVersion(json);
  if (version !== null && version > current) return { kind: 'newer', version };
  const checked = schema.safeParse(json);
  return checked.success ? { kind: 'good', value: checked.data } : { kind: 'damaged', why: describeIssue(checked.error) };
}

/** The whole number in the field `schema`, or null where there is none. */
export function schemaVersion(json: unknown): number | null {
  if (typeof json !== 'object' || json === null || !('schema' in json)) return null;
  return Number.isSafeInteger(json.schema) ? (json.schema as number) : null;
}

/** @throws HF_STATE_NEWER for a file of a newer Holdfast */
export function refuseNewer(file: string, stored: StoredFile<unknown>): void {
  if (stored.kind !== 'newer') return;
  throw new HoldfastError('HF_STATE_NEWER', {
    what: `${file} was written by a newer Holdfast`,
    why: `its schema is ${stored.version}, which this version does not know`,
    data: { file, schema: stored.version },
  });
}

/** The first thing that is wrong, with its place: `restart.jitter: Too big`. */
function describeIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'its content is not valid';
  const place = z.core.toDotPath(issue.path);
  return place === '' ? issue.message : `${place}: ${issue.message}`;
}
