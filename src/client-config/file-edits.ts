import { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { ClientEdit } from '../core/ports/client-config.ts';
import type { Clock, Random } from '../core/ports/clock.ts';
import type { Descriptor } from './descriptors/descriptor.ts';
import { readServers } from './editors/edit-entry.ts';
import { editorOf, targetOf } from './editors/editor-of.ts';
import { type Fields, sameValue } from './editors/value.ts';
import { digest, type Ledger, type Remembered } from './ledger/ledger.ts';
import type { EntryRecord, FileRecord } from './ledger/record.ts';
import { keptAdditions } from './plan/added-fields.ts';
import { type EditPlan, planEdit } from './plan/plan-edit.ts';
import { type ClientFile, encoded, readClientFile } from './writer/client-file.ts';
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

/** What takes everything of Holdfast out of a file, and gives back what it took. @throws HF_STATE_DAMAGED, HF_CLIENT_FILE_ACCESS */
export async function undoEdits(ledger: Ledger, path: string): Promise<ClientEdit[]> {
  const { real } = await readClientFile(path);
  const record = (await ledger.load(real))?.record;
  return [
    ...Object.keys(record?.entries ?? {}).map((name) => ({ remove: name })),
    ...(record?.taken ?? []).map(([name]) => ({ giveBack: name })),
  ];
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
  const additions = await ledger.additions.load(first.real);
  const keepAdditions = (kept: ReadonlyMap<string, Fields>): void => {
    if (!sameValue(Object.fromEntries(kept), Object.fromEntries(additions))) ledger.additions.save(first.real, kept);
  };
  if (!order.dryRun && edits.every((edit) => isVain(edit, ours))) keepAdditions(keptAdditions(additions, edits, undefined, undefined));
  if (edits.every((edit) => isVain(edit, ours))) return undefined;
  if (order.dryRun) return useSettled(path, clock, (file) => change(file, planFor(file, remembered, order, additions).wanted));
  let made: Planned | undefined;
  let kept: Buffer | undefined;
  const keepBase = (current: ClientFile): void => {
    if (made === undefined || current.bytes === null || current.bytes === kept) return;
    keepBytes(current, current.bytes, made, remembered, ledger);
    kept = current.bytes;
  };
  const { file, bytes } = await editFile(path, {
    lock: descriptor.lock,
    clock,
    random,
    keep: (old) => ledger.keepLast(first.real, old),
    plan: (current) => {
      made = planFor(current, remembered, order, additions);
      return made.wanted;
    },
    before: (current, next) => {
      keepBase(current);
      if (made === undefined) return;
      const { servers } = readServers(editorOf(descriptor), current.text, targetOf(descriptor, path));
      // What entries that are written are to have is forgotten only once they have it.
      const removals = edits.filter((edit) => 'remove' in edit);
      keepAdditions(keptAdditions(additions, removals, made.ours, servers));
      ledger.save(recordOf(current, made, remembered, next));
    },
  });
  if (made === undefined) return undefined;
  // Of a file that was written even while this was.
  keepBase(file);
  const { base, entries, taken } = made.plan;
  if (Object.keys(entries).length === 0 && taken.size === 0) ledger.forget(file.real);
  else {
    const written = writtenDigests(file, bytes, made.ours);
    ledger.save({ version: 1, file: file.real, base, written, entries, ...takenOf(file, made.plan, remembered) });
  }
  ledger.takenOut.note(made.ours, entries, clock.now());
  const writes = edits.filter((edit) => 'write' in edit);
  if (writes.length > 0 && additions.size > 0)
    ledger.additions.save(first.real, keptAdditions(await ledger.additions.load(first.real), writes, undefined, undefined));
  return change(file, { bytes });
}

/** What is to become of a file that was read. */
interface Planned {
  /** What is ours in it. */
  readonly ours: FileRecord | undefined;
  readonly plan: EditPlan;
  readonly wanted: Wanted;
}

function planFor(file: ClientFile, remembered: Remembered | undefined, order: FileOrder, additions: ReadonlyMap<string, Fields>): Planned {
  const { descriptor, edits, clock, file: path, force } = order;
  const ours = oursIn(file, remembered?.record, order);
  const base = remembered?.base ?? null;
  const plan = planEdit(
    { text: file.text, exists: file.bytes !== null, digest: file.bytes === null ? '' : digest(file.bytes) },
    ours,
    textOf(base),
    edits,
    { descriptor, editor: editorOf(descriptor), target: targetOf(descriptor, path), now: clock.now(), additions },
  );
  const nothingLeft = Object.keys(plan.entries).length === 0;
  const isKnown = remembered !== undefined && (base !== null || !remembered.record.base.existed);
  const forced = force && nothingLeft && isKnown;
  if (plan.wanted === 'origin' || (forced && remembered.origin !== null && plan.taken.size === 0))
    return { ours, plan, wanted: { bytes: remembered?.origin ?? null } };
  const toBase = plan.wanted === 'base' || forced;
  return { ours, plan, wanted: toBase ? { bytes: base } : { text: plan.text } };
}

/** What is remembered of a file, with what others put back into it. A file that cannot be understood has nothing. */
function oursIn(file: ClientFile, record: FileRecord | undefined, { descriptor, ledger, clock }: FileOrder): FileRecord | undefined {
  try {
    const read = () => readServers(editorOf(descriptor), file.text, targetOf(descriptor, file.path)).servers;
    return ledger.takenOut.withReturned(file.real, record, read, clock.now());
  } catch (thrown) {
    if (thrown instanceof HoldfastError) return record;
    throw thrown;
  }
}

/** What is true of the file whether or not the write that follows is cut short. */
function recordOf(file: ClientFile, { plan, ours: old }: Planned, remembered: Remembered | undefined, next: Buffer | null): FileRecord {
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
    ...takenOf(file, plan, remembered),
  };
}

/** Keeps the bytes that may be given back: those from before our first entry, and those from before a foreign entry was taken. */
function keepBytes(file: ClientFile, bytes: Buffer, { plan, ours }: Planned, remembered: Remembered | undefined, ledger: Ledger): void {
  if (plan.newBase !== undefined) {
    const origin = originBytes(file, remembered);
    if (origin !== null) ledger.keepOrigin(file.real, origin);
    ledger.keepBase(file.real, encoded(plan.newBase, file.bom));
  } else if (Object.keys(ours?.entries ?? {}).length === 0) ledger.keepBase(file.real, bytes);
}

/** What is remembered of foreign entries that were taken. */
function takenOf(file: ClientFile, plan: EditPlan, remembered: Remembered | undefined): Pick<FileRecord, 'taken' | 'origin'> {
  if (plan.taken.size === 0) return {};
  const origin = plan.newBase === undefined ? remembered?.record.origin === true : originBytes(file, remembered) !== null;
  return { taken: [...plan.taken] as NonNullable<FileRecord['taken']>, origin };
}

/** The bytes that the file would have without Holdfast, foreign entries included; null where others wrote it meanwhile. */
function originBytes(file: ClientFile, remembered: Remembered | undefined): Buffer | null {
  if (remembered === undefined) return file.bytes;
  const { record, base, origin } = remembered;
  if (file.bytes === null || !record.written.includes(digest(file.bytes))) return null;
  return record.taken !== undefined && record.taken.length > 0 ? origin : base;
}

/** True where the edit has nothing to do in a file, whatever is in it. */
function isVain(edit: ClientEdit, record: FileRecord | undefined): boolean {
  if ('remove' in edit) return record?.entries[edit.remove] === undefined;
  return 'giveBack' in edit && record?.taken?.some(([name]) => name === edit.giveBack) !== true;
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
