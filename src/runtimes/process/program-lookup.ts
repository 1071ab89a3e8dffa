import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, resolve } from 'node:path';
import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import { parseShebang } from './shebang.ts';

/** True for a file that this user may execute. */
async function isProgram(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) return false;
    await access(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not allowed: for a search both mean "look further".
    return false;
  }
}

/** Looks for a program as a shell does. @returns its absolute path, null where PATH has none */
export async function findInPath(program: string, path: string, cwd: string): Promise<string | null> {
  for (const folder of path.split(delimiter)) {
    // An empty entry means the working directory (POSIX).
    const candidate = resolve(cwd, folder, program);
    if (await isProgram(candidate)) return candidate;
  }
  return null;
}

/** @throws HF_COMMAND_NOT_FOUND, HF_COMMAND_NOT_EXECUTABLE when a process could not work there */
export async function checkWorkingDirectory(cwd: string): Promise<void> {
  const there = await stat(cwd).catch(() => null);
  if (there === null) {
    throw new HoldfastError('HF_COMMAND_NOT_FOUND', {
      what: `The working directory ${cwd} does not exist`,
      fix: 'Create it, or name another one with `--workdir`.',
    });
  }
  if (!there.isDirectory()) {
    throw new HoldfastError('HF_COMMAND_NOT_FOUND', {
      what: `The working directory ${cwd} is not a folder`,
      fix: 'Name a folder with `--workdir`.',
    });
  }
  await access(cwd, constants.X_OK).catch((cause: unknown) => {
    throw new HoldfastError('HF_COMMAND_NOT_EXECUTABLE', {
      what: `The working directory ${cwd} may not be entered`,
      fix: 'Repair its permissions, or name another one with `--workdir`.',
      cause,
    });
  });
}

/** The first bytes of a file as text; the kernel looks at 256. */
async function readHead(file: string): Promise<string> {
  const handle = await open(file, 'r').catch(() => null);
  // A program that may be executed but not read is no script: those must be readable by their interpreter.
  if (handle === null) return '';
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(256), 0, 256, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * Checks that a program can be started, before anything is: a missing interpreter and a missing folder read the same as a missing program
 * in the error of a spawn.
 * @param file absolute path
 * @throws HF_COMMAND_NOT_FOUND, HF_COMMAND_NOT_EXECUTABLE
 */
export async function checkProgram(file: string, cwd: string, path: string): Promise<void> {
  const there = await stat(file).catch(() => null);
  if (there === null) throw new HoldfastError('HF_COMMAND_NOT_FOUND', { what: `The program ${file} does not exist` });
  if (there.isDirectory()) {
    throw new HoldfastError('HF_COMMAND_NOT_EXECUTABLE', { what: `${file} is a folder, not a program`, fix: 'Name a program in it.' });
  }
  await access(file, constants.X_OK).catch((cause: unknown) => {
    throw new HoldfastError('HF_COMMAND_NOT_EXECUTABLE', { what: `The file ${file} may not be executed`, cause });
  });
  await checkInterpreter(file, cwd, path);
}

async function checkInterpreter(file: string, cwd: string, path: string): Promise<void> {
  const shebang = parseShebang(await readHead(file));
  if (shebang === null) return;
  const { interpreter, lookedUp } = shebang;
  if (interpreter.endsWith('\r') || lookedUp?.endsWith('\r')) {
    throw new HoldfastError('HF_COMMAND_NOT_FOUND', {
      what: `The script ${file} has Windows line endings`,
      why: 'its first line names an interpreter that ends with a carriage return',
      fix: 'Convert it, for example with `dos2unix`.',
    });
  }
  const resolved = isAbsolute(interpreter) ? interpreter : resolve(cwd, interpreter);
  if (!(await isProgram(resolved))) {
    const exists = (await stat(resolved).catch(() => null)) !== null;
    throw new HoldfastError(exists ? 'HF_COMMAND_NOT_EXECUTABLE' : 'HF_COMMAND_NOT_FOUND', {
      what: `The script ${file} cannot be run`,
      why: `its interpreter ${interpreter} ${exists ? 'may not be executed' : 'does not exist'}`,
      fix: 'Install that interpreter, or correct the first line of the script.',
    });
  }
  if (lookedUp !== null && !lookedUp.includes('/') && (await findInPath(lookedUp, path, cwd)) === null) {
    throw new HoldfastError('HF_COMMAND_NOT_FOUND', {
      what: `The script ${file} cannot be run`,
      why: `its interpreter ${lookedUp} is not in PATH (${path})`,
      fix: 'Install that interpreter, or pass a PATH that has it with `-e PATH=…`.',
    });
  }
}
