import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { posix } from 'node:path';
import { type Directories, temporaryFolder } from './directories.ts';
import { type Machine, thisMachine } from './machine.ts';
import { PlatformError } from './platform-error.ts';
import { preparePrivateFolder } from './private-folder.ts';

/** `sun_path` has 108 bytes on Linux and 104 on macOS; Node binds a longer path cut short, without a word. */
const MOST_BYTES = 100;

/**
 * Path of the daemon's control socket, the same for every program of the user that uses this state folder. It lies in the state folder,
 * whatever the environment of the caller says about runtime folders; where that path is too long, under a hashed name in the runtime folder,
 * or in `/tmp/holdfast-<uid>`. On Windows a named pipe. The folder is there, private and the user's own. After `prepareDirectories`. @throws HF_HOME
 */
export async function locateControlSocket(directories: Directories, machine: Machine = thisMachine()): Promise<string> {
  const state = await realpath(directories.state);
  const path = controlSocketPath({ ...directories, state }, machine);
  if (machine.platform !== 'win32') await preparePrivateFolder(posix.dirname(path), machine);
  return path;
}

/** The path alone, from a state folder without links. Creates nothing. @throws HF_HOME */
export function controlSocketPath({ state, runtime }: Directories, machine: Machine): string {
  if (machine.platform === 'win32') return `\\\\.\\pipe\\holdfast-${instanceHash(state, machine)}`;
  const hashed = `${instanceHash(state, machine)}.sock`;
  const candidates = [posix.join(state, 'control.sock'), posix.join(runtime, hashed), posix.join(temporaryFolder(machine), hashed)];
  const path = candidates.find((candidate) => Buffer.byteLength(candidate) <= MOST_BYTES);
  if (path !== undefined) return path;
  throw new PlatformError('HF_HOME', {
    what: 'There is no place for the control socket',
    why: `each possible path has more than ${MOST_BYTES} bytes`,
    fix: 'Set HOLDFAST_HOME to a folder with a shorter path.',
  });
}

/** Tells one user's state folder from every other on this machine; 24 hex digits. */
export function instanceHash(state: string, machine: Machine): string {
  const user = machine.uid ?? machine.userHome;
  return createHash('sha256').update(`${user}\0${state}`).digest('hex').slice(0, 24);
}
