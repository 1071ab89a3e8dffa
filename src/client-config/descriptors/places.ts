import type { Descriptor } from './descriptor.ts';

/**
 * A folder that differs by user: `home`; `config` = `$XDG_CONFIG_HOME` or `~/.config`; `dot-config` = `~/.config`, whatever the
 * environment says; `library` = `~/Library/Application Support`; `roaming` = `%APPDATA%`; `local` = `%LOCALAPPDATA%`.
 */
export type BaseFolder = 'home' | 'config' | 'dot-config' | 'library' | 'roaming' | 'local';

/** An environment variable that moves the file. */
export interface Moved {
  readonly variable: string;
  /** Below the folder that the variable names; absent where it names the file itself. */
  readonly path?: string;
}

/** A file, as data. Paths have `/` on every system. */
export interface FileLocation {
  readonly base: BaseFolder;
  readonly path: string;
  /** The first variable that is set to an absolute path wins. */
  readonly moved?: readonly Moved[];
}

/** The same place below the home folder on every system. */
export function inHome(path: string, ...moved: readonly Moved[]): Descriptor['files'] {
  const location: FileLocation = { base: 'home', path, ...(moved.length > 0 ? { moved } : {}) };
  return { linux: location, darwin: location, win32: location };
}

/** Where VS Code and what was made from it keep their user data (`userDataPath.ts` of VS Code). */
export function inUserData(path: string): Descriptor['files'] {
  return { linux: { base: 'config', path }, darwin: { base: 'library', path }, win32: { base: 'roaming', path } };
}
