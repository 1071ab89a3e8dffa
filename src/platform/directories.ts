import { posix, win32 } from 'node:path';
import { type Machine, thisMachine } from './machine.ts';
import { PlatformError } from './platform-error.ts';

/** Where things lie. All paths are absolute. */
export interface Directories {
  /** The folder that HOLDFAST_HOME names, else null. */
  readonly home: string | null;
  /** Specs, statuses, sessions, events, logs. Names the instance: one daemon per state folder. */
  readonly state: string;
  /** What can be had again: installed packages. */
  readonly data: string;
  /** `config.json`. */
  readonly config: string;
  /** Sockets whose place in the state folder would have too long a path. Made by whoever needs it, with `preparePrivateFolder`. */
  readonly runtime: string;
}

/**
 * HOLDFAST_HOME moves everything; otherwise the folders that the system has for it: XDG on Linux and other Unix systems,
 * `~/Library/Application Support` on macOS, `%LOCALAPPDATA%` and `%APPDATA%` on Windows. Creates nothing. @throws HF_HOME
 */
export function resolveDirectories(machine: Machine = thisMachine()): Directories {
  const home = machine.env['HOLDFAST_HOME'];
  if (home !== undefined && home !== '') return belowHome(home, machine);
  if (machine.platform === 'win32') return windowsFolders(machine);
  if (machine.platform === 'darwin') return macFolders(machine);
  return xdgFolders(machine);
}

/** Private folder for sockets of a user who has no runtime folder. Not `TMPDIR`: every program of the user must arrive at the same path. */
export function temporaryFolder(machine: Machine): string {
  return machine.platform === 'win32' ? win32.join(machine.temporary, 'holdfast') : `/tmp/holdfast-${machine.uid ?? 'user'}`;
}

function belowHome(home: string, machine: Machine): Directories {
  if (home === '~' || home.startsWith('~/')) {
    throw new PlatformError('HF_HOME', {
      what: `HOLDFAST_HOME is ${JSON.stringify(home)}`,
      why: 'the tilde was not replaced by your home folder, because it was quoted',
      fix: 'Write $HOME instead of ~, or give the whole path.',
    });
  }
  const path = machine.platform === 'win32' ? win32 : posix;
  const root = path.resolve(machine.cwd, home);
  const below = (name: string): string => path.join(root, name);
  return { home: root, state: below('state'), data: below('data'), config: below('config'), runtime: below('run') };
}

function xdgFolders(machine: Machine): Directories {
  // A relative path in one of these variables is to be ignored (XDG Base Directory Specification 0.8).
  const base = (variable: string, fallback: string): string => {
    const value = machine.env[variable];
    return posix.join(value?.startsWith('/') ? value : posix.join(machine.userHome, fallback), 'holdfast');
  };
  const runtime = machine.env['XDG_RUNTIME_DIR'];
  return {
    home: null,
    state: base('XDG_STATE_HOME', '.local/state'),
    data: base('XDG_DATA_HOME', '.local/share'),
    config: base('XDG_CONFIG_HOME', '.config'),
    runtime: runtime?.startsWith('/') ? posix.join(runtime, 'holdfast') : temporaryFolder(machine),
  };
}

function macFolders(machine: Machine): Directories {
  const root = posix.join(machine.userHome, 'Library', 'Application Support', 'holdfast');
  return {
    home: null,
    state: posix.join(root, 'state'),
    data: posix.join(root, 'data'),
    config: posix.join(root, 'config'),
    runtime: temporaryFolder(machine),
  };
}

function windowsFolders(machine: Machine): Directories {
  const local = win32.join(machine.env['LOCALAPPDATA'] ?? win32.join(machine.userHome, 'AppData', 'Local'), 'holdfast');
  const roaming = win32.join(machine.env['APPDATA'] ?? win32.join(machine.userHome, 'AppData', 'Roaming'), 'holdfast');
  return {
    home: null,
    state: win32.join(local, 'state'),
    data: win32.join(local, 'data'),
    config: roaming,
    runtime: win32.join(local, 'run'),
  };
}
