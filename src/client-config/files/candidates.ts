import { posix, win32 } from 'node:path';
import type { Descriptor } from '../descriptors/descriptor.ts';
import type { BaseFolder, FileLocation } from '../descriptors/location.ts';

/** What paths depend on. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's own folder, absolute. */
  readonly home: string;
}

/** A file that a client may read. */
export interface Candidate {
  /** Absolute. */
  readonly file: string;
  /** `main` = of the current version; `sibling` = read as well; `legacy` = of older versions only. */
  readonly role: 'main' | 'sibling' | 'legacy';
}

/** The files that a client may read on a system, the main one first. Empty where its place is not known. Pure: nothing is looked up. */
export function candidateFiles(descriptor: Descriptor, surroundings: Surroundings): Candidate[] {
  const path = surroundings.platform === 'win32' ? win32 : posix;
  const main = resolve(descriptor.files, surroundings);
  const legacy = descriptor.legacyFiles === undefined ? null : resolve(descriptor.legacyFiles, surroundings);
  const siblings = main === null ? [] : (descriptor.siblings ?? []).map((name) => path.join(path.dirname(main), name));
  return [
    ...(main === null ? [] : [{ file: main, role: 'main' } as const]),
    ...siblings.map((file) => ({ file, role: 'sibling' }) as const),
    ...(legacy === null ? [] : [{ file: legacy, role: 'legacy' } as const]),
  ];
}

/**
 * The files to edit, out of the candidates: the main one, or its sibling where only that exists; and the legacy one where it exists. Where
 * only the legacy file exists, it alone: a new main file would keep the client from taking over what is in the old one.
 */
export function targetFiles(candidates: readonly Candidate[], exists: (file: string) => boolean): string[] {
  const current = candidates.filter(({ role }) => role !== 'legacy');
  const legacy = candidates.filter(({ role, file }) => role === 'legacy' && exists(file));
  const present = current.find(({ file }) => exists(file));
  if (present === undefined && legacy.length > 0) return legacy.map(({ file }) => file);
  const chosen = present ?? current[0];
  return [...(chosen === undefined ? [] : [chosen]), ...legacy].map(({ file }) => file);
}

function resolve(files: Descriptor['files'], surroundings: Surroundings): string | null {
  const { platform, env } = surroundings;
  const path = platform === 'win32' ? win32 : posix;
  const location: FileLocation | null = files[platform === 'win32' || platform === 'darwin' ? platform : 'linux'];
  if (location === null) return null;
  for (const { variable, path: below } of location.moved ?? []) {
    const value = env[variable];
    // A relative path means another file in every working directory, so it cannot be followed from here.
    if (value !== undefined && path.isAbsolute(value)) return below === undefined ? path.normalize(value) : path.join(value, below);
  }
  return path.join(baseFolder(location.base, surroundings), location.path);
}

function baseFolder(base: BaseFolder, { platform, env, home }: Surroundings): string {
  const path = platform === 'win32' ? win32 : posix;
  const named = (variable: string, ...fallback: string[]): string => {
    const value = env[variable];
    return value !== undefined && path.isAbsolute(value) ? value : path.join(home, ...fallback);
  };
  switch (base) {
    case 'home':
      return home;
    case 'config':
      return named('XDG_CONFIG_HOME', '.config');
    case 'dot-config':
      return path.join(home, '.config');
    case 'library':
      return path.join(home, 'Library', 'Application Support');
    case 'roaming':
      return named('APPDATA', 'AppData', 'Roaming');
    case 'local':
      return named('LOCALAPPDATA', 'AppData', 'Local');
  }
}
