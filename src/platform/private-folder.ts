import type { Stats } from 'node:fs';
import { access, chmod, constants, lstat, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Directories } from './directories.ts';
import { type Machine, thisMachine } from './machine.ts';
import { PlatformError } from './platform-error.ts';

const PRIVATE = 0o700;
const MODE_BITS = 0o777;
const FIX = 'Set HOLDFAST_HOME to a folder that you own and can write.';

/** Files that this process makes from now on are the user's alone. For the daemon, before it writes anything. Answers with the umask before. */
export function setPrivateUmask(): number {
  return process.umask(0o077);
}

/**
 * Creates the folders that are missing (0700), and checks the others: each must be a folder, writable and the user's own; one that others may
 * enter is closed to them, but for the folder of the configuration, whose mode is left as it is. @throws HF_HOME
 */
export async function prepareDirectories(directories: Directories, machine: Machine = thisMachine()): Promise<void> {
  const { home, state, data, config } = directories;
  if (home !== null) await prepareFolder(home, 'leave', machine);
  await prepareFolder(state, 'close', machine);
  await prepareFolder(data, 'close', machine);
  await prepareFolder(config, 'leave', machine);
}

/**
 * A folder for sockets: 0700, the user's own, and no symbolic link, since its parent may be writable by everybody (`/tmp`). @throws HF_HOME
 */
export async function preparePrivateFolder(folder: string, machine: Machine = thisMachine()): Promise<void> {
  const found = await lstat(folder).catch(() => null); // Not there, or found out with its reason below.
  if (found?.isSymbolicLink()) throw refused(folder, 'it is a symbolic link, which somebody else may have put there');
  await prepareFolder(folder, 'close', machine);
}

async function prepareFolder(folder: string, mode: 'close' | 'leave', machine: Machine): Promise<void> {
  const found = (await find(folder)) ?? (await create(folder, machine));
  if (!found.isDirectory()) throw refused(folder, 'it is not a folder');
  checkOwner(folder, found, machine);
  try {
    if (mode === 'close' && machine.platform !== 'win32' && (found.mode & MODE_BITS) !== PRIVATE) await chmod(folder, PRIVATE);
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw refused(folder, reasonOf(cause), cause);
  }
}

async function create(folder: string, machine: Machine): Promise<Stats> {
  await checkNearestOwner(dirname(folder), machine);
  try {
    await makeFolder(folder);
    return await stat(folder);
  } catch (cause) {
    throw refused(folder, reasonOf(cause), cause);
  }
}

/**
 * A folder and what is missing above it. Not `recursive`: Node never comes back where the folder above is there and yet takes none
 * (`/proc`, an automounter).
 */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: PRIVATE });
  } catch (cause) {
    // Somebody was faster; what it is will be seen.
    if (codeOf(cause) === 'EEXIST') return;
    if (codeOf(cause) !== 'ENOENT' || (await find(dirname(folder))) !== null) throw cause;
    await makeFolder(dirname(folder));
    // Not this function again: above a link that leads nowhere it would never end.
    await mkdir(folder, { mode: PRIVATE }).catch((again: unknown) => {
      if (codeOf(again) !== 'EEXIST') throw again;
    });
  }
}

/** Root must leave nothing in another user's folders, which that user could not write or delete afterwards. */
async function checkNearestOwner(folder: string, machine: Machine): Promise<void> {
  if (machine.uid !== 0) return;
  const found = await find(folder);
  if (found === null && dirname(folder) !== folder) await checkNearestOwner(dirname(folder), machine);
  if (found !== null) checkOwner(folder, found, machine);
}

function checkOwner(folder: string, found: Stats, { uid }: Machine): void {
  if (uid === null || found.uid === uid) return;
  if (uid === 0) {
    throw new PlatformError('HF_HOME', {
      what: `Root will not use ${folder}`,
      why: `it belongs to another user (number ${found.uid}), who could not write what root leaves there`,
      fix: 'Run Holdfast as that user, without sudo, or set HOLDFAST_HOME to a folder of root.',
    });
  }
  throw refused(folder, `it belongs to another user (number ${found.uid})`);
}

/** Null where there is nothing. @throws HF_HOME */
async function find(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw refused(path, reasonOf(cause), cause);
  }
}

function refused(folder: string, why: string, cause?: unknown): PlatformError {
  return new PlatformError('HF_HOME', { what: `The folder ${folder} cannot be used`, why, fix: FIX, cause });
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'you may not write it or enter it',
  EPERM: 'you may not write it or enter it',
  EROFS: 'its file system is read-only',
  ENOTDIR: 'a part of its path is not a folder',
  EEXIST: 'a file of that name is in the way',
  ENOENT: 'it is a link that leads nowhere, or no folder can be made there',
  ENOSPC: 'the disk is full',
  ELOOP: 'its links form a circle',
  ENAMETOOLONG: 'its path is too long',
};

const codeOf = (thrown: unknown): string => (thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown');

function reasonOf(thrown: unknown): string {
  const code = codeOf(thrown);
  return `${REASONS[code] ?? (thrown instanceof Error ? thrown.message : 'unknown')} (${code})`;
}
