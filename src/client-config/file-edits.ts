import type { ClientEdit } from '../core/ports/client-config.ts';
import type { Clock, Random } from '../core/ports/clock.ts';
import type { Descriptor } from './descriptors/descriptor.ts';
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
  if (edits.every((edit) => 'remove' in edit && remembered?.record.entries[edit.remove] === undefined)) return undefined;
  const planned = (file: ClientFile): { plan: EditPlan; wanted: Wanted } => {
    const plan = planFor(file, remembered, order);
    const nothingLeft = Object.keys(plan.entries).length === 0;
    const toBase = plan.wanted === 'base' || (order.force && nothingLeft && remembered !== undefined);
    return { plan, wanted: toBase ? { bytes: remembered?.base ?? null } : { text: plan.text } };
  };
  if (order.dryRun) return useSettled(path, clock, (file) => change(file, planned(file).wanted));
  let plan: EditPlan | undefined;
  let kept: Buffer | undefined;
  const keepBase = (current: ClientFile): void => {
    if (remembered !== undefined || current.bytes === null || current.bytes === kept) return;
    ledger.keepBase(current.real, current.bytes);
    kept = current.bytes;
  };
  const { file, bytes } = await editFile(path, {
    lock: descriptor.lock,
    clock,
    random,
    keep: (old) => ledger.keepLast(first.real, old),
    plan: (current) => {
      const made = planned(current);
      plan = made.plan;
      return made.wanted;
    },
    before: (current, next) => {
      keepBase(current);
      if (plan !== undefined) ledger.save(recordOf(current, plan, remembered?.record, next));
    },
  });
  if (plan === undefined) return undefined;
  // Of a file that was written even while this was.
  keepBase(file);
  if (Object.keys(plan.entries).length === 0) ledger.forget(file.real);
  else
    ledger.save({
      version: 1,
      file: file.real,
      base: plan.base,
      written: writtenDigests(file, bytes, remembered?.record),
      entries: plan.entries,
    });
  return change(file, { bytes });
}

function planFor(file: ClientFile, remembered: Remembered | undefined, { descriptor, edits, clock, file: path }: FileOrder): EditPlan {
  const { base } = remembered ?? { base: null };
  return planEdit(
    { text: file.text, exists: file.bytes !== null, digest: file.bytes === null ? '' : digest(file.bytes) },
    remembered?.record,
    textOf(base),
    edits,
    { descriptor, editor: editorOf(descriptor), target: targetOf(descriptor, path), now: clock.now() },
  );
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
