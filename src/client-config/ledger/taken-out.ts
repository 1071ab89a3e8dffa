import { readFileSync, rmSync } from 'node:fs';
import * as z from 'zod';
import type { Value } from '../editors/value.ts';
import { systemCode } from '../writer/system-error.ts';
import { baseSchema, entrySchema, type FileRecord, isStillOurs } from './record.ts';
import { writePrivate } from './write-private.ts';

/** So long, ms, an entry that was taken out is looked out for: editors keep what they have read for hours. */
const KEPT_MS = 24 * 60 * 60 * 1_000;

const takenOutSchema = z.object({
  entry: entrySchema,
  /** What was known of the file. */
  base: baseSchema,
  /** Wall clock, ms. */
  at: z.number(),
});
const fileSchema = z.object({ version: z.literal(1), entries: z.array(z.tuple([z.string(), takenOutSchema])) });

type TakenOut = z.infer<typeof takenOutSchema>;

/**
 * Entries that were taken out of files not long ago, by file and name. Who had read a file before puts them back when he writes it, and then
 * they are ours again, not somebody else's: they lead where only we let lead, with a key in the address.
 */
export class TakenOutEntries {
  readonly #folder: string;
  readonly #pathOf: (file: string) => string;
  readonly #files = new Map<string, ReadonlyMap<string, TakenOut>>();

  constructor(folder: string, pathOf: (file: string) => string) {
    this.#folder = folder;
    this.#pathOf = pathOf;
  }

  /**
   * @param before what was ours in the file, @param after what still is
   * @param now wall clock, ms
   * @throws HF_STATE_WRITE
   */
  note(before: FileRecord | undefined, after: FileRecord['entries'], now: number): void {
    if (before === undefined) return;
    const { file, base } = before;
    const old = this.#of(file, now);
    const left = Object.entries(before.entries).filter(([name]) => !Object.hasOwn(after, name));
    if (left.length === 0 && !Object.keys(after).some((name) => old.has(name))) return;
    const known = [...old].filter(([name]) => !Object.hasOwn(after, name));
    const names = new Map([...known, ...left.map(([name, entry]) => [name, { entry, base, at: now }] as const)]);
    this.#files.set(file, names);
    const path = this.#pathOf(file);
    if (names.size === 0) rmSync(path, { force: true });
    else writePrivate(this.#folder, path, `${JSON.stringify({ version: 1, entries: [...names] })}\n`);
  }

  /**
   * What is ours in a file, with what came back.
   * @param record what is remembered of what is in it
   * @param servers reads what the file has; called only where something was taken out of it
   * @param now wall clock, ms
   */
  withReturned(
    file: string,
    record: FileRecord | undefined,
    servers: () => ReadonlyMap<string, Value> | undefined,
    now: number,
  ): FileRecord | undefined {
    const taken = this.#of(file, now);
    if (taken.size === 0) return record;
    const found = servers();
    const back = [...taken].filter(([name, { entry }]) => !record?.entries[name] && isStillOurs(entry, found?.get(name)));
    const [first] = back;
    if (first === undefined) return record;
    // Somebody else wrote the file, so there are no old bytes to give back.
    const known = record ?? { version: 1, file, base: first[1].base, written: [], entries: {} };
    const returned = back.map(([name, { entry }]) => [name, { ...entry, pending: null }] as const);
    return { ...known, entries: { ...known.entries, ...Object.fromEntries(returned) } };
  }

  #of(file: string, now: number): ReadonlyMap<string, TakenOut> {
    const known = this.#files.get(file) ?? this.#read(file);
    this.#files.set(file, known);
    return new Map([...known].filter(([, { at }]) => now - at < KEPT_MS));
  }

  /** What cannot be read is none: what comes back is left to its user then. */
  #read(file: string): ReadonlyMap<string, TakenOut> {
    try {
      return new Map(fileSchema.safeParse(JSON.parse(readFileSync(this.#pathOf(file), 'utf8'))).data?.entries);
    } catch (thrown) {
      if (thrown instanceof SyntaxError || systemCode(thrown) !== undefined) return new Map();
      throw thrown;
    }
  }
}
