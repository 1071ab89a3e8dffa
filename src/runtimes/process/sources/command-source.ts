import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { HoldfastError } from '../../../core/errors/holdfast-error.ts';
import { checkProgram, checkWorkingDirectory, findInPath } from '../program-lookup.ts';

/** Where the server will run: `--workdir` as the caller means it, else where the caller is. @throws HF_COMMAND_NOT_FOUND */
export async function resolveWorkingDirectory(workdir: string | undefined, callerCwd: string): Promise<string> {
  const cwd = workdir === undefined ? callerCwd : resolve(callerCwd, workdir);
  await checkWorkingDirectory(cwd);
  return cwd;
}

/**
 * Finds a program as the caller's shell would: by PATH when its name has no slash, else relative to the caller's working directory.
 * @throws HF_COMMAND_NOT_FOUND, HF_COMMAND_NOT_EXECUTABLE
 */
export async function findCommand(
  program: string,
  caller: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<string> {
  if (program === '')
    throw new HoldfastError('HF_BAD_SPEC', { what: 'cmd:// names no program', fix: 'Write for example `cmd://node -- server.js`.' });
  const path = caller.env['PATH'] ?? '';
  if (program.includes('/')) {
    // A shell expands ~ only at the start of a word, so in cmd://~/x it is still there.
    const home = caller.env['HOME'] ?? homedir();
    const file = resolve(caller.cwd, program.startsWith('~/') ? resolve(home, program.slice(2)) : program);
    await checkProgram(file, caller.cwd, path);
    return file;
  }
  const found = await findInPath(program, path, caller.cwd);
  if (found === null) {
    throw new HoldfastError('HF_COMMAND_NOT_FOUND', {
      what: `The program ${JSON.stringify(program)} is not in PATH`,
      why: path === '' ? 'PATH is empty' : `looked in ${path}`,
      fix: 'Check the spelling, install it, or give its path, for example `cmd:///usr/bin/node` or `cmd://./server`.',
    });
  }
  await checkProgram(found, caller.cwd, path);
  return found;
}
