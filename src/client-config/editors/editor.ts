import type { ParserTraits } from '../descriptors/descriptor.ts';
import type { EntryFields } from '../entry/entry-fields.ts';
import type { Fields, Value } from './value.ts';

/** What an editor has to know about the file. */
export interface Target {
  /** For messages: the client's name and the file's path. */
  readonly client: string;
  readonly file: string;
  /** The key of the top level that holds the servers. */
  readonly key: string;
  readonly container: 'map' | 'list';
  readonly parser: ParserTraits;
}

/** A document that was parsed. */
export interface Reading {
  /** What the whole means; null where the document is empty or has nothing but comments. */
  readonly meaning: Value;
  /** Where an entry, or the servers' key itself, begins; for messages. */
  readonly offsetOf: (name?: string) => number;
}

/** What to do to an entry. */
export interface Put extends EntryFields {
  /** Fields that an earlier write owned and this one does not have. */
  readonly drop: readonly string[];
}

/**
 * How a format is edited: by splices of the text. Several texts may come back, the best first: the first that means what was meant is
 * taken, and none otherwise (`edit-entry.ts` sees to that).
 */
export interface Editor {
  /** @throws HF_CLIENT_FILE_SYNTAX with line and column */
  read(text: string, target: Target): Reading;
  /** Inserts the entry, or sets the fields of the one that is there. The servers are known to be of the right type, or absent. */
  put(text: string, target: Target, name: string, put: Put): string[];
  /** Takes the entry out. It is known to be there. */
  take(text: string, target: Target, name: string): string[];
  /** Takes out the servers' key, which is known to hold nothing. */
  takeKey(text: string, target: Target): string[];
  /** Takes the white space out of a servers' key that holds nothing else: `{}` is what most have there. */
  tighten(text: string, target: Target): string[];
}

/** A stretch of the text to be replaced; offsets in UTF-16 units. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text with the splices made. They must not overlap; at one offset they come in their order. */
export function spliced(text: string, splices: readonly Splice[]): string {
  let result = '';
  let done = 0;
  for (const { start, end, text: inserted } of splices.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    result += text.slice(done, start) + inserted;
    done = end;
  }
  return result + text.slice(done);
}

/** The servers of a document by name; undefined where the key is absent. @throws TypeError where it has the wrong type: check first */
export function serversOf(meaning: Value, { key, container }: Target): Map<string, Value> | undefined {
  const root = meaning as Fields | null;
  const value = root !== null && Object.hasOwn(root, key) ? root[key] : undefined;
  if (value === undefined || value === null) return value === null ? new Map() : undefined;
  if (container === 'map') return new Map(Object.entries(value as Fields));
  return new Map((value as readonly Value[]).map((item, index) => [nameOf(item) ?? `#${index + 1}`, item]));
}

/** The `name` of an item of a list of servers. */
export function nameOf(item: Value | undefined): string | undefined {
  const name = typeof item === 'object' && item !== null && 'name' in item ? item.name : undefined;
  return typeof name === 'string' ? name : undefined;
}
