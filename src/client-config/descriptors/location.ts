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

/** A file by system; null where its place is not known. */
export type ClientFiles = Readonly<Record<'linux' | 'darwin' | 'win32', FileLocation | null>>;
