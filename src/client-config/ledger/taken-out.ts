import type { Value } from '../editors/value.ts';
import { type EntryRecord, type FileRecord, isStillOurs } from './record.ts';

/** An entry that was taken out, with what was known of its file. */
interface TakenOut {
  readonly entry: EntryRecord;
  readonly base: FileRecord['base'];
}

/**
 * Entries that this process took out of files, by file and name. Who had read a file before puts them back when he writes it, and then they
 * are ours again, not somebody else's: they lead where only we let lead, with a key in the address.
 */
export class TakenOutEntries {
  readonly #files = new Map<string, Map<string, TakenOut>>();

  /** @param before what was ours in the file, @param after what still is */
  note(before: FileRecord | undefined, after: FileRecord['entries']): void {
    if (before === undefined) return;
    const { file, base } = before;
    const names = this.#files.get(file) ?? new Map<string, TakenOut>();
    for (const [name, entry] of Object.entries(before.entries)) if (!Object.hasOwn(after, name)) names.set(name, { entry, base });
    for (const name of Object.keys(after)) names.delete(name);
    if (names.size > 0) this.#files.set(file, names);
    else this.#files.delete(file);
  }

  /**
   * What is ours in a file, with what came back.
   * @param record what is remembered on disk
   * @param servers reads what the file has; called only where something was taken out of it
   */
  withReturned(
    file: string,
    record: FileRecord | undefined,
    servers: () => ReadonlyMap<string, Value> | undefined,
  ): FileRecord | undefined {
    const taken = this.#files.get(file);
    if (taken === undefined) return record;
    const found = servers();
    const back = [...taken].filter(([name, { entry }]) => !record?.entries[name] && isStillOurs(entry, found?.get(name)));
    const [first] = back;
    if (first === undefined) return record;
    // Somebody else wrote the file, so there are no old bytes to give back.
    const known = record ?? { version: 1, file, base: first[1].base, written: [], entries: {} };
    const returned = back.map(([name, { entry }]) => [name, { ...entry, pending: null }] as const);
    return { ...known, entries: { ...known.entries, ...Object.fromEntries(returned) } };
  }
}
