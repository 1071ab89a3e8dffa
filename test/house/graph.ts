import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import type { Arrow } from './layers.ts';
import { moduleReferences } from './syntax.ts';

/**
 * Imports of a set of files.
 * @param files text of each file by its path relative to the root
 * @returns one arrow per import; packages by their name without a path, node's own modules with `node:`
 */
export function importArrows(files: ReadonlyMap<string, string>): Arrow[] {
  const arrows: Arrow[] = [];
  for (const [from, text] of files) {
    for (const { specifier, kind } of moduleReferences(from, text)) arrows.push({ from, to: target(from, specifier), kind });
  }
  return arrows;
}

function target(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier);
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (specifier.startsWith('node:')) return specifier;
  return builtinModules.includes(name) ? `node:${specifier}` : name;
}

/**
 * Files that import each other in a circle.
 * @returns each circle as its files in import order, the first one repeated at the end; a file is named in one circle at most
 */
export function importCycles(arrows: readonly Arrow[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to } of arrows) next.set(from, [...(next.get(from) ?? []), to]);
  const cycles: string[][] = [];
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (finished.has(file)) return;
    const start = path.indexOf(file);
    if (start >= 0) {
      cycles.push([...path.slice(start), file]);
      return;
    }
    for (const to of next.get(file) ?? []) visit(to, [...path, file]);
    finished.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return cycles;
}

/** Everything that a file reaches through its imports, itself left out. */
export function reachable(arrows: readonly Arrow[], start: string): Set<string> {
  const seen = new Set<string>();
  const waiting = [start];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    for (const { from, to } of arrows) {
      if (from !== file || seen.has(to)) continue;
      seen.add(to);
      waiting.push(to);
    }
  }
  return seen;
}
