import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import type { ClientEdit, ClientEntry } from '../../core/ports/client-config.ts';
import type { Descriptor } from '../descriptors/descriptor.ts';
import { type KeyBefore, keyNow, putEntry, readServers, takeEntry } from '../editors/edit-entry.ts';
import type { Editor, Target } from '../editors/editor.ts';
import { type Fields, sameValue, type Value } from '../editors/value.ts';
import { entryFields } from '../entry/entry-fields.ts';
import { type EntryRecord, type FileRecord, isStillOurs } from '../ledger/record.ts';
import { initialFields } from './added-fields.ts';
import { foreignEntry, givenBack, inItsPlace, plainValue, withoutEntries } from './take-over.ts';

/** A file as a plan needs it. */
export interface PlannedFile {
  /** Without byte order mark; empty where the file does not exist. */
  readonly text: string;
  readonly exists: boolean;
  /** SHA-256 of its bytes; empty where it does not exist. */
  readonly digest: string;
}

/** What the edits make of a file, and what is to be remembered afterwards. */
export interface EditPlan {
  /**
   * `base` = the bytes from before our first entry, which may mean that the file goes; `origin` = these with the foreign entries that were
   * taken; else the text below.
   */
  readonly wanted: 'text' | 'base' | 'origin';
  /** The text, edited entry by entry. */
  readonly text: string;
  readonly base: FileRecord['base'];
  /** By name; empty = nothing of ours is left. */
  readonly entries: Readonly<Record<string, EntryRecord>>;
  /** Foreign entries that are taken. */
  readonly taken: ReadonlyMap<string, Value>;
  /** The text of the base where it is another one than before; undefined = as it was, or the file's own bytes. */
  readonly newBase: string | undefined;
}

/**
 * Decides what a file becomes. Pure.
 * @param remembered what is ours in the file; undefined = nothing
 * @param baseText the text from before our first entry; null where there was no file
 * @throws HF_CLIENT_FILE_SYNTAX, _SHAPE, _FOREIGN
 */
export function planEdit(
  file: PlannedFile,
  remembered: FileRecord | undefined,
  baseText: string | null,
  edits: readonly ClientEdit[],
  context: {
    readonly descriptor: Descriptor;
    readonly editor: Editor;
    readonly target: Target;
    readonly now: number;
    /** What users had added to entries that are out, by name. */
    readonly additions?: ReadonlyMap<string, Fields>;
  },
): EditPlan {
  const { editor, target } = context;
  const known = new Map(Object.entries(remembered?.entries ?? {}));
  const taken = new Map((remembered?.taken ?? []) as [string, Value][]);
  const first = remembered === undefined || known.size === 0;
  const taking = foreignNames(file.text, edits, known, context);
  for (const [name, value] of taking) taken.set(name, plainValue(value));
  const newBase = taking.size === 0 ? undefined : withoutEntries(first ? file.text : (baseText ?? ''), taking.keys(), context);
  const base = first ? { existed: file.exists, key: keyNow(editor, newBase ?? file.text, target) } : remembered.base;
  const placed = new Set(edits.flatMap((edit) => ('write' in edit ? [edit.write.name] : [])));
  let text = withoutEntries(
    file.text,
    [...taking.keys()].filter((name) => !placed.has(name)),
    context,
  );
  const gone = new Map<string, Value>();
  for (const edit of edits) {
    if ('write' in edit) text = written(text, edit.write, known, taking, context);
    else if ('remove' in edit) text = removed(text, edit.remove, known, base.key, context);
    else if ('giveBack' in edit && taken.has(edit.giveBack)) {
      gone.set(edit.giveBack, taken.get(edit.giveBack) ?? null);
      taken.delete(edit.giveBack);
    }
  }
  const alone = remembered?.written.includes(file.digest) === true;
  const whole = { text, base, entries: Object.fromEntries(known), taken, newBase };
  if (gone.size > 0) {
    if (alone && known.size === 0 && taken.size === 0 && remembered?.origin === true) return { wanted: 'origin', ...whole };
    return { wanted: 'text', ...whole, text: [...gone].reduce((left, [name, value]) => givenBack(left, name, value, context), text) };
  }
  if (known.size > 0 || first || !alone || !isRestorable(baseText, context)) return { wanted: 'text', ...whole };
  return { wanted: 'base', ...whole };
}

/** The foreign entries that the edits take, as they stand in the file. */
function foreignNames(
  text: string,
  edits: readonly ClientEdit[],
  known: ReadonlyMap<string, EntryRecord>,
  context: Parameters<typeof planEdit>[4],
): Map<string, Value> {
  const names = edits.flatMap((edit) => ('take' in edit && !known.has(edit.take) ? [edit.take] : []));
  return new Map(
    names.flatMap((name) => {
      const value = foreignEntry(text, name, context);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function written(
  text: string,
  entry: ClientEntry,
  known: Map<string, EntryRecord>,
  taking: ReadonlyMap<string, Value>,
  context: Parameters<typeof planEdit>[4],
): string {
  const { descriptor, editor, target, now } = context;
  const fields = entryFields(descriptor, entry);
  if (fields === undefined) {
    throw new HoldfastError('HF_CLIENT_FILE_UNKNOWN', { what: `${descriptor.name} cannot reach ${entry.name} by its file` });
  }
  const record = known.get(entry.name);
  if (taking.has(entry.name)) {
    known.set(entry.name, { fields: fields.owned as EntryRecord['fields'], writtenAt: now, pending: null });
    return inItsPlace(text, entry.name, fields, context);
  }
  const { reading, servers } = readServers(editor, text, target);
  if (record === undefined && servers?.has(entry.name)) throw foreign(target, entry.name, reading.offsetOf(entry.name));
  const drop = Object.keys(record?.fields ?? {}).filter((field) => !Object.hasOwn(fields.owned, field));
  const initial = initialFields(fields.initial, fields.owned, context.additions?.get(entry.name));
  const result = putEntry(editor, text, target, entry.name, { owned: fields.owned, initial, drop });
  if (result === text && record !== undefined && record.pending === null && sameValue(record.fields, fields.owned)) return text;
  known.set(entry.name, { fields: fields.owned as EntryRecord['fields'], writtenAt: now, pending: null });
  return result;
}

function removed(
  text: string,
  name: string,
  known: Map<string, EntryRecord>,
  before: KeyBefore,
  { editor, target }: Parameters<typeof planEdit>[4],
): string {
  const record = known.get(name);
  if (record === undefined) return text;
  known.delete(name);
  const current = readServers(editor, text, target).servers?.get(name);
  return isStillOurs(record, current) ? takeEntry(editor, text, target, name, before) : text;
}

/** Whether the client can live with the base. Where it cannot, the smallest document that it accepts is left. */
function isRestorable(text: string | null, { editor, target }: Parameters<typeof planEdit>[4]): boolean {
  if (text === null) return true;
  const refused = (accepted: string): boolean => accepted === 'fatal' || accepted === 'ignored';
  if (text.trim() === '') return !refused(target.parser.emptyFile);
  return !refused(target.parser.missingKey) || readServers(editor, text, target).servers !== undefined;
}

function foreign({ client, file }: Target, name: string, offset: number): HoldfastError {
  return new HoldfastError('HF_CLIENT_FILE_FOREIGN', {
    what: `${client} already has an entry named ${JSON.stringify(name)} in ${file}`,
    why: 'Holdfast did not write it',
    data: { client, file, name, offset },
  });
}
