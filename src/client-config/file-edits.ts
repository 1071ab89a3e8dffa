import { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { ClientEdit } from '../core/ports/client-config.ts';
import type { Clock, Random } from '../core/ports/clock.ts';
import type { Descriptor } from './descriptors/descriptor.ts';
import { readServers } from './editors/edit-entry.ts';
import { editorOf, targetOf } from './editors/editor-of.ts';
import { digest, type Ledger, type Remembered } from './ledger/ledger.ts';
import type { EntryRecord, FileRecord } from './ledger/record.ts';
import { type EditPlan, planEdit } from './plan/plan-edit.ts';
import { type ClientFile, readClientFile } from './writer/client-file.ts';
import { editFile, type Wanted } from './writer/edit-file.ts';
import { useSettled } from './writer/settled-file.ts';

/** Edits for one file of one client. */
export interface FileOrder {
  readonly descriptor: Descriptor;
  /** As the client names it. */
  readonly file: string;
  readonly edits: readonly ClientEdit[];
  /** Only say what would change. */
  readonly dryRun: boolean;
  /** Give back the bytes from before our first entry whatever others did since. */
  readonly force: boolean;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: Random;
}

/** A file before and after; null = it does not exist. */
export interface FileChange {
  readonly file: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Names of the entries that Holdfast has in a file. @throws HF_STATE_DAMAGED, HF_CLIENT_FILE_ACCESS */
export async function writtenEntries(ledger: Ledger, path: string): Promise<string[]> {
  const { real } = await readClientFile(path);
  return Object.keys((await ledger.load(real))?.record.entries ?? {});
}

/**
 * Makes edits in one file. What is about to be written is remembered before, and what was written after, so that a crash in between leaves
 * nothing that Holdfast would not know as its own.
 * @returns undefined where there was nothing to do
 */
export async function editClientFile(order: FileOrder): Promise<FileChange | undefined> {
  const { descriptor, file: path, edits, ledger, clock, random } = order;
  const first = await useSettled(path, clock, (file) => file);
  const remembered = await ledger.load(first.real);
  // Without an entry of ours there is nothing to remove, and a file that cannot be read is nobody's concern.
  const ours = oursIn(first, remembered?.record, order);
  if (edits.every((edit) => 'remove' in edit && ours?.entries[edit.remove] === undefined)) return undefined;
  if (order.dryRun) return useSettled(path, clock, (file) => change(file, planFor(file, remembered, order).wanted));
  let made: Planned | undefined;
  let kept: Buffer | undefined;
  const keepBase = (current: ClientFile): void => {
    if (made?.ours !== undefined || current.bytes === null || current.bytes === kept) return;
    ledger.keepBase(current.real, current.bytes);
    kept = current.bytes;
  };
  const { file, bytes } = await editFile(path, {
    lock: descriptor.lock,
    clock,
    random,
    keep: (old) => ledger.keepLast(first.real, old),
    plan: (current) => {
      made = planFor(current, remembered, order);
      return made.wanted;
    },
    before: (current, next) => {
      keepBase(current);
      if (made !== undefined) ledger.save(recordOf(current, made.plan, made.ours, next));
    },
  });
  if (made === undefined) return undefined;
  // Of a file that was written even while this was.
  keepBase(file);
  const { base, entries } = made.plan;
  if (Object.keys(entries).length === 0) ledger.forget(file.real);
  else ledger.save({ version: 1, file: file.real, base, written: writtenDigests(file, bytes, made.ours), entries });
  ledger.takenOut.note(made.ours, entries);
  return change(file, { bytes });
}

/** What is to become of a file that was read. */
interface Planned {
  /** What is ours in it. */
  readonly ours: FileRecord | undefined;
  readonly plan: EditPlan;
  readonly wanted: Wanted;
}

function planFor(file: ClientFile, remembered: Remembered | undefined, order: FileOrder): Planned {
  const { descriptor, edits, clock, file: path, force } = order;
  const ours = oursIn(file, remembered?.record, order);
  const base = remembered?.base ?? null;
  const plan = planEdit(
    { text: file.text, exists: file.bytes !== null, digest: file.bytes === null ? '' : digest(file.bytes) },
    ours,
    textOf(base),
    edits,
    { descriptor, editor: editorOf(descriptor), target: targetOf(descriptor, path), now: clock.now() },
  );
  const nothingLeft = Object.keys(plan.entries).length === 0;
  const isKnown = remembered !== undefined && (base !== null || !remembered.record.base.existed);
  const toBase = plan.wanted === 'base' || (force && nothingLeft && isKnown);
  return { ours, plan, wanted: toBase ? { bytes: base } : { text: plan.text } };
}

/** What is remembered of a file, with what others put back into it. A file that cannot be understood has nothing. */
function oursIn(file: ClientFile, record: FileRecord | undefined, { descriptor, ledger }: FileOrder): FileRecord | undefined {
  try {
    const read = () => readServers(editorOf(descriptor), file.text, targetOf(descriptor, file.path)).servers;
    return ledger.takenOut.withReturned(file.real, record, read);
  } catch (thrown) {
    if (thrown instanceof HoldfastError) return record;
    throw thrown;
  }
}

/** What is true of the file whether or not the write that follows is cut short. */
function recordOf(file: ClientFile, plan: EditPlan, old: FileRecord | undefined, next: Buffer | null): FileRecord {
  const pending = (entries: Readonly<Record<string, EntryRecord>>, kind: 'write' | 'remove'): [string, EntryRecord][] =>
    Object.entries(entries).map(([name, entry]) => [name, { ...entry, pending: kind }]);
  const leaving = Object.entries(old?.entries ?? {}).filter(([name]) => !Object.hasOwn(plan.entries, name));
  const same = (name: string, entry: EntryRecord): boolean => old?.entries[name] === entry;
  return {
    version: 1,
    file: file.real,
    base: plan.base,
    written: [...writtenDigests(file, file.bytes, old), ...writtenDigests(file, next, old)],
    entries: Object.fromEntries([
      ...pending(Object.fromEntries(leaving), 'remove'),
      ...Object.entries(plan.entries).map(([name, entry]): [string, EntryRecord] => [
        name,
        same(name, entry) ? entry : { ...entry, pending: 'write' },
      ]),
    ]),
  };
}

/** Digests that say: nobody but us wrote the file since our first entry. */
function writtenDigests(file: ClientFile, bytes: Buffer | null, old: FileRecord | undefined): string[] {
  const oursAlone = old === undefined || (file.bytes !== null && old.written.includes(digest(file.bytes)));
  return oursAlone && bytes !== null ? [digest(bytes)] : [];
}

function change(file: ClientFile, wanted: Wanted): FileChange | undefined {
  const before = file.bytes === null ? null : file.text;
  const after = 'text' in wanted ? (wanted.text === file.text ? before : wanted.text) : textOf(wanted.bytes);
  return before === after ? undefined : { file: file.path, before, after };
}

/** Without a byte order mark. */
function textOf(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString('utf8').replace(/^\ufeff/, '');
}
