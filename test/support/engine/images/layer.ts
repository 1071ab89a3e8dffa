import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TarWriter } from './tar.ts';

/** A part of a file system, as an archive on disk. */
export interface Layer {
  readonly file: string;
  /** sha256 in hex */
  readonly digest: string;
  readonly bytes: number;
}

export interface Recipe {
  readonly name: string;
  /** Files that it is made of, or texts that change when what it makes changes. */
  readonly ingredients: readonly string[];
  readonly write: (tar: TarWriter) => void;
}

const KEPT_MS = 7 * 24 * 3_600_000;

/** Makes a layer, once for all runs of this machine while nothing of it changes. */
export function makeLayer({ name, ingredients, write }: Recipe): Layer {
  const folder = join(tmpdir(), 'holdfast-test-images');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const key = createHash('sha256')
    .update(JSON.stringify(ingredients.map(stamp)))
    .digest('hex')
    .slice(0, 16);
  const made = join(folder, `${name}-${key}`);
  if (!existsSync(made)) {
    forgetOld(folder);
    const drafts = join(folder, `${name}-${process.pid}-${Math.trunc(performance.now() * 1_000)}.draft`);
    mkdirSync(drafts);
    const tar = new TarWriter(join(drafts, 'layer.tar'));
    write(tar);
    writeFileSync(join(drafts, 'digest'), tar.end());
    publish(drafts, made);
  }
  const file = join(made, 'layer.tar');
  return { file, digest: readFileSync(join(made, 'digest'), 'utf8'), bytes: statSync(file).size };
}

/** A file by what tells that it has changed; another text as it is. */
function stamp(ingredient: string): string {
  const found = ingredient.startsWith('/') ? statSync(ingredient, { throwIfNoEntry: false }) : undefined;
  return found ? `${ingredient} ${found.size} ${found.mtimeMs}` : ingredient;
}

/** Another process may have made the same meanwhile. */
function publish(drafts: string, made: string): void {
  try {
    renameSync(drafts, made);
  } catch (error) {
    if (!existsSync(made)) throw error;
    rmSync(drafts, { recursive: true });
  }
}

function forgetOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    if (found && Date.now() - found.mtimeMs > KEPT_MS) rmSync(join(folder, name), { recursive: true, force: true });
  }
}
