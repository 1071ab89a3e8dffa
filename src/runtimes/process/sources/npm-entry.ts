import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '../../../core/errors/holdfast-error.ts';
import { parseShebang } from '../shebang.ts';

/** The program of a package, chosen as npx does: the one named like the package, else the only one. */
export function chooseBin(name: string, bin: string | Readonly<Record<string, string>> | undefined): string | readonly string[] {
  const unscoped = name.slice(name.indexOf('/') + 1);
  const bins = typeof bin === 'string' ? { [unscoped]: bin } : (bin ?? {});
  const same = bins[unscoped];
  if (same !== undefined) return same;
  const [only, ...others] = new Set(Object.values(bins));
  return only !== undefined && others.length === 0 ? only : Object.keys(bins);
}

/** How the program of an installed package is started. @throws HF_PACKAGE_NOT_FOUND when it has none */
export async function entryOf(folder: string, node: string, source: string): Promise<{ file: string; args: string[] }> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    bin?: string | Record<string, string>;
  };
  const bin = chooseBin(manifest.name, manifest.bin);
  if (typeof bin !== 'string') {
    const why = bin.length === 0 ? 'it has no program to run' : `it has several programs (${bin.join(', ')}), and none is named like it`;
    throw new HoldfastError('HF_PACKAGE_NOT_FOUND', { what: `${source} cannot be run`, why, fix: 'Choose a package that is a program.' });
  }
  const file = join(folder, bin);
  const shebang = parseShebang((await readFile(file)).toString('latin1', 0, 256));
  const program = shebang?.lookedUp ?? shebang?.interpreter ?? '';
  const forNode = /(?:^|\/)node(?:js)?$/.test(program) || (shebang === null && /\.[cm]?js$/.test(bin));
  return forNode ? { file: node, args: [...(shebang?.options ?? []), file] } : { file, args: [] };
}
