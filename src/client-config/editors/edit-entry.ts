import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import { type Editor, nameOf, type Put, type Reading, serversOf, type Target } from './editor.ts';
import { shapeError } from './syntax-error.ts';
import { type Fields, isFields, sameValue, type Value, withField, withoutField } from './value.ts';

/** What stood under the servers' key before our first entry: decides what is left when the last one goes. */
export type KeyBefore = 'absent' | 'empty' | 'filled';

/**
 * Reads a document and checks that the servers are what the client expects.
 * @throws HF_CLIENT_FILE_SYNTAX, HF_CLIENT_FILE_SHAPE with line and column
 */
export function readServers(editor: Editor, text: string, target: Target): { reading: Reading; servers: Map<string, Value> | undefined } {
  const reading = editor.read(text, target);
  const { meaning } = reading;
  if (meaning !== null && !isFields(meaning)) throw shapeError(text, reading.offsetOf(), target, 'the document is not an object');
  const value = meaning !== null && Object.hasOwn(meaning, target.key) ? meaning[target.key] : undefined;
  const expected = target.container === 'map' ? isFields(value) : Array.isArray(value);
  if (value !== undefined && value !== null && !expected) {
    const kind = target.container === 'map' ? 'an object' : 'a list';
    throw shapeError(text, reading.offsetOf(), target, `the value of "${target.key}" is not ${kind}`);
  }
  return { reading, servers: serversOf(meaning, target) };
}

/** What stands under the servers' key now. */
export function keyNow(editor: Editor, text: string, target: Target): KeyBefore {
  const { servers } = readServers(editor, text, target);
  return servers === undefined ? 'absent' : servers.size === 0 ? 'empty' : 'filled';
}

/**
 * The text with an entry written: inserted, or its fields set. The same text where nothing changes.
 * @throws HF_CLIENT_FILE_SYNTAX, HF_CLIENT_FILE_SHAPE
 */
export function putEntry(editor: Editor, text: string, target: Target, name: string, put: Put): string {
  const { reading, servers } = readServers(editor, text, target);
  const current = servers?.get(name);
  if (current !== undefined && !isFields(current)) {
    throw shapeError(text, reading.offsetOf(name), target, 'the entry that Holdfast wrote is no longer an object');
  }
  const meant = current === undefined ? { ...put.initial, ...put.owned } : merged(current, put);
  if (current !== undefined && sameValue(current, meant)) return text;
  return chosen(editor, text, target, editor.put(text, target, name, put), withServer(reading.meaning, target, name, meant));
}

/**
 * The text with an entry taken out, with one comma and nothing else. The same text where it is not there.
 * @param before once the last entry is out, a key that Holdfast made goes too, unless the client's parser needs it
 * @throws HF_CLIENT_FILE_SYNTAX, HF_CLIENT_FILE_SHAPE
 */
export function takeEntry(editor: Editor, text: string, target: Target, name: string, before: KeyBefore): string {
  const { reading, servers } = readServers(editor, text, target);
  if (!servers?.has(name)) return text;
  const without = chosen(editor, text, target, editor.take(text, target, name), withoutServer(reading.meaning, target, name));
  const left = readServers(editor, without, target);
  const needed = target.parser.missingKey === 'fatal' || target.parser.missingKey === 'ignored';
  if (before === 'filled' || left.servers === undefined || left.servers.size > 0) return without;
  if (before === 'empty' || needed) return chosen(editor, without, target, editor.tighten(without, target), left.reading.meaning);
  const bare = isFields(left.reading.meaning) ? withoutField(left.reading.meaning, target.key) : null;
  return chosen(editor, without, target, editor.takeKey(without, target), bare);
}

/** The first text that parses and means exactly what was meant. */
function chosen(editor: Editor, text: string, target: Target, texts: readonly string[], meant: Value): string {
  for (const candidate of texts) {
    if (sameDocument(meaningOf(editor, candidate, target), meant, target)) return candidate;
  }
  throw new HoldfastError('HF_CLIENT_FILE_SYNTAX', {
    what: `${target.file} was not touched`,
    why: 'its form leaves no place for an entry that would not change something else',
    fix: `Write the value of "${target.key}" in a plainer form, or make the entry by hand.`,
    data: { client: target.client, file: target.file, length: text.length },
  });
}

/** Undefined where an edit made something that cannot be parsed: that candidate is not taken. */
function meaningOf(editor: Editor, text: string, target: Target): Value | undefined {
  try {
    return editor.read(text, target).meaning;
  } catch (thrown) {
    if (thrown instanceof HoldfastError) return undefined;
    throw thrown;
  }
}

/**
 * An absent, an empty and a null list of servers are one and the same when the last entry has gone; and which place an entry has in a list
 * tells a client nothing.
 */
function sameDocument(found: Value | undefined, meant: Value, { key }: Target): boolean {
  const plain = (value: Value): Value => {
    const fields = value === null ? {} : value;
    if (!isFields(fields) || !Object.hasOwn(fields, key)) return fields;
    const servers = fields[key];
    const empty =
      servers === null || (Array.isArray(servers) ? servers.length === 0 : isFields(servers) && Object.keys(servers).length === 0);
    if (empty) return withoutField(fields, key);
    return Array.isArray(servers) ? withField(fields, key, (servers as readonly Value[]).toSorted(byName)) : fields;
  };
  return found !== undefined && sameValue(plain(found), plain(meant));
}

function byName(a: Value, b: Value): number {
  const [first, second] = [nameOf(a) ?? '', nameOf(b) ?? ''];
  return first < second ? -1 : first > second ? 1 : 0;
}

function merged(current: Fields, { owned, drop }: Put): Fields {
  const kept = drop.reduce((fields, field) => withoutField(fields, field), current);
  return Object.entries(owned).reduce((fields, [field, value]) => withField(fields, field, value), kept);
}

function withServer(meaning: Value, { key, container }: Target, name: string, server: Fields): Value {
  const root = isFields(meaning) ? meaning : {};
  const value = Object.hasOwn(root, key) ? root[key] : undefined;
  if (container === 'map') return withField(root, key, withField(isFields(value) ? value : {}, name, server));
  const list = Array.isArray(value) ? (value as readonly Value[]) : [];
  const index = list.findIndex((item) => nameOf(item) === name);
  return withField(root, key, index < 0 ? [...list, server] : list.with(index, server));
}

function withoutServer(meaning: Value, { key, container }: Target, name: string): Value {
  if (!isFields(meaning)) return meaning;
  const value = meaning[key];
  if (container === 'map') return withField(meaning, key, isFields(value) ? withoutField(value, name) : {});
  return withField(meaning, key, Array.isArray(value) ? (value as readonly Value[]).filter((item) => nameOf(item) !== name) : []);
}
