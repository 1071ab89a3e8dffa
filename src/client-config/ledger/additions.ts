import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { Fields } from '../editors/value.ts';
import { systemCode } from '../writer/system-error.ts';
import { writePrivate } from './write-private.ts';

const schema = z.object({ version: z.literal(1), entries: z.array(z.tuple([z.string(), z.record(z.string(), z.json())])) });

/** What users added to entries of ours that are out for a while: it is theirs, and comes back with the entry. A file a client's file. */
export class Additions {
  readonly #folder: string;
  readonly #pathOf: (file: string) => string;

  constructor(folder: string, pathOf: (file: string) => string) {
    this.#folder = folder;
    this.#pathOf = pathOf;
  }

  /** By the name of the entry. What cannot be read is none: the entry comes back without it. */
  async load(file: string): Promise<ReadonlyMap<string, Fields>> {
    try {
      const stored = schema.safeParse(JSON.parse(await readFile(this.#pathOf(file), 'utf8')));
      return new Map(stored.data?.entries ?? []);
    } catch (thrown) {
      if (thrown instanceof SyntaxError || systemCode(thrown) !== undefined) return new Map();
      throw thrown;
    }
  }

  /** @throws HF_STATE_WRITE */
  save(file: string, entries: ReadonlyMap<string, Fields>): void {
    const path = this.#pathOf(file);
    if (entries.size === 0) rmSync(path, { force: true });
    else writePrivate(this.#folder, path, `${JSON.stringify({ version: 1, entries: [...entries] })}\n`);
  }
}
