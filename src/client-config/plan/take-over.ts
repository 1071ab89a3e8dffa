import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import { putEntry, readServers, takeEntry } from '../editors/edit-entry.ts';
import type { Editor, Put, Target } from '../editors/editor.ts';
import { isFields, type Value } from '../editors/value.ts';

/** Fields that make a connection, whatever the client: what else stands in an entry belongs to its user, and stays. */
const CONNECTION: readonly string[] = [
  'type',
  'transport',
  'command',
  'cmd',
  'args',
  'env',
  'envs',
  'environment',
  'env_vars',
  'envFile',
  'cwd',
  'url',
  'serverUrl',
  'httpUrl',
  'uri',
  'headers',
  'http_headers',
  'requestOptions',
];

interface Place {
  readonly editor: Editor;
  readonly target: Target;
}

/** A foreign entry by its name; undefined where the file has none. */
export function foreignEntry(text: string, name: string, { editor, target }: Place): Value | undefined {
  return readServers(editor, text, target).servers?.get(name);
}

/** The text without foreign entries. The servers' key stays: it is their user's. */
export function withoutEntries(text: string, names: Iterable<string>, { editor, target }: Place): string {
  return [...names].reduce((left, name) => takeEntry(editor, left, target, name, 'filled'), text);
}

/** The text with ours in the place of a foreign entry of the same name; what is no part of the connection stays. */
export function inItsPlace(text: string, name: string, put: Omit<Put, 'drop'>, place: Place): string {
  const { editor, target } = place;
  const current = foreignEntry(text, name, place);
  if (isFields(current)) {
    const drop = Object.keys(current).filter((field) => CONNECTION.includes(field) && !Object.hasOwn(put.owned, field));
    try {
      return putEntry(editor, text, target, name, { ...put, drop });
    } catch (thrown) {
      // Its form leaves no place for that: a new entry does it.
      if (!(thrown instanceof HoldfastError)) throw thrown;
    }
  }
  return putEntry(editor, withoutEntries(text, [name], place), target, name, { ...put, drop: [] });
}

/** The text with a foreign entry put back; the same text where another has its name. */
export function givenBack(text: string, name: string, value: Value, place: Place): string {
  if (!isFields(value) || foreignEntry(text, name, place) !== undefined) return text;
  return putEntry(place.editor, text, place.target, name, { owned: value, initial: {}, drop: [] });
}

/** A value as JSON has it: whole numbers of TOML are numbers, dates are texts. */
export function plainValue(value: Value): Value {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item: Value) => plainValue(item));
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, plainValue(inner)]));
}
