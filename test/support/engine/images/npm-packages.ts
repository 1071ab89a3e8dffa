import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { TarWriter } from './tar.ts';

/** What no server needs when it runs: sources, types, texts. */
const SUPERFLUOUS = /\.(map|md|markdown|[cm]?ts|flow)$/;

/** A package of node_modules. */
export interface InstalledPackage {
  readonly folder: string;
  readonly version: string;
}

/** The packages of that name in a checkout's node_modules, and all that they depend on. */
export function packagesWithDependencies(root: string, names: readonly string[]): InstalledPackage[] {
  const found = new Map<string, InstalledPackage>();
  const visit = (from: string, name: string): void => {
    const folder = resolvePackage(root, from, name);
    if (folder === undefined || found.has(folder)) return;
    const { version, dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      version: string;
      dependencies?: Record<string, string>;
    };
    found.set(folder, { folder, version });
    for (const dependency of Object.keys(dependencies)) visit(folder, dependency);
  };
  for (const name of names) {
    if (resolvePackage(root, root, name) === undefined) throw new Error(`${name} is not installed in ${root}`);
    visit(root, name);
  }
  return [...found.values()];
}

/** As Node looks for it: in the node_modules of each folder above. */
function resolvePackage(root: string, from: string, name: string): string | undefined {
  for (let folder = from; folder.startsWith(root); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
  }
  return undefined;
}

/** Puts a folder into an archive, without the node_modules in it. @param to its path there */
export function addFolder(tar: TarWriter, from: string, to: string): void {
  const entries = readdirSync(from, { withFileTypes: true }).toSorted((one, other) => (one.name < other.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(from, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules') addFolder(tar, path, `${to}/${entry.name}`);
    else if (entry.isSymbolicLink()) tar.add({ path: `${to}/${entry.name}`, kind: 'link', content: readlinkSync(path) });
    else if (entry.isFile() && !SUPERFLUOUS.test(entry.name)) tar.addFile(`${to}/${entry.name}`, path);
  }
}

/** Puts packages into an archive, at their places below the folder `to`. */
export function addPackages(tar: TarWriter, root: string, packages: readonly InstalledPackage[], to: string): void {
  for (const { folder } of packages) addFolder(tar, folder, `${to}/${relative(root, folder)}`);
}
