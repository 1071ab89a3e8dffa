import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is known of an installed package. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** What the registry vouches for (`sha512-…`), where its manager writes it down. */
  readonly integrity: string | null;
}

/** Packages of one manager on disk: `<root>/<name>@<version>/`, each whole or not there at all. */
export interface InstallStore {
  /** An install that is there already. */
  find(folderName: string): Promise<{ readonly folder: string; readonly installed: InstalledPackage } | null>;
  /** Versions of a package that are there. */
  versions(prefix: string): Promise<string[]>;
  /**
   * Fills a temporary folder and gives it its name when it is whole. If that name is there meanwhile, the new one is thrown away.
   * @param fill leaves the folder ready to run wherever it will be moved to; what it throws leaves nothing behind
   * @param named the name, from what was installed
   */
  install(
    fill: (folder: string) => Promise<InstalledPackage>,
    named: (installed: InstalledPackage) => string,
  ): Promise<{ readonly folder: string; readonly installed: InstalledPackage }>;
  /** Deletes installs that are not named, e.g. because no workload uses them. */
  prune(inUse: (folder: string) => boolean): Promise<void>;
}

/** Written last: an install without it is none. */
const RECORD = 'holdfast.json';
const TEMPORARY = '.new-';

export function createInstallStore(root: string): InstallStore {
  const busy = new Set<string>();

  async function find(folderName: string): Promise<{ folder: string; installed: InstalledPackage } | null> {
    const folder = join(root, folderName);
    const text = await readFile(join(folder, RECORD), 'utf8').catch(() => null);
    return text === null ? null : { folder, installed: JSON.parse(text) as InstalledPackage };
  }

  /** What a Holdfast that was killed left half-done. */
  async function removeLeftovers(): Promise<void> {
    const names = (await readdir(root)).filter((name) => name.startsWith(TEMPORARY) && !busy.has(name));
    await Promise.all(names.map((name) => rm(join(root, name), { recursive: true, force: true })));
  }

  return {
    find,
    async versions(prefix) {
      const names = await readdir(root).catch(() => []);
      return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    },
    async install(fill, named) {
      await mkdir(root, { recursive: true, mode: 0o700 });
      await removeLeftovers();
      const temporary = await mkdtemp(join(root, TEMPORARY));
      const name = temporary.slice(root.length + 1);
      busy.add(name);
      try {
        const installed = await fill(temporary);
        await writeFile(join(temporary, RECORD), JSON.stringify(installed));
        const folderName = named(installed);
        const there = await find(folderName);
        if (there !== null) return there;
        const folder = join(root, folderName);
        // Without a record it was never whole.
        await rm(folder, { recursive: true, force: true });
        await rename(temporary, folder);
        return { folder, installed };
      } finally {
        await rm(temporary, { recursive: true, force: true });
        busy.delete(name);
      }
    },
    async prune(inUse) {
      const names = await readdir(root).catch(() => []);
      const unused = names.filter((name) => !name.startsWith(TEMPORARY) && !inUse(join(root, name)));
      await Promise.all(unused.map((name) => rm(join(root, name), { recursive: true, force: true })));
    },
  };
}
