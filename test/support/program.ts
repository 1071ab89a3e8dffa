import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { until } from './until.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const BUILD_BOUND_MS = 60_000;

/** Where the fixture servers are, each with all that it imports, once the program is built. */
export const builtFixtures = join(root, 'dist', 'fixtures');

/**
 * The built command line, ready to be run by node. HOLDFAST_PROGRAM names the folder of another build; otherwise the checkout's own is
 * made anew when a source file is newer than it, once for all test files that run at the same time.
 */
export async function builtProgram(): Promise<string> {
  const other = process.env['HOLDFAST_PROGRAM'];
  if (other !== undefined) return join(other, 'holdfast.js');
  const program = join(root, 'dist', 'bin', 'holdfast.js');
  if (isFresh(program)) return program;
  const lock = join(root, 'node_modules', '.holdfast-build');
  await until('another test file has built the program', () => tryLock(lock), BUILD_BOUND_MS);
  try {
    if (!isFresh(program)) await run(process.execPath, [join(root, 'scripts', 'build.mjs'), '--quiet'], { cwd: root });
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
  return program;
}

/** A lock that is older than any build was left behind by a run that was killed. */
async function tryLock(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const held = statSync(folder, { throwIfNoEntry: false });
    if (held && Date.now() - held.mtimeMs > BUILD_BOUND_MS) await rm(folder, { recursive: true, force: true });
    return false;
  }
}

function isFresh(program: string): boolean {
  if (!existsSync(program)) return false;
  const built = statSync(program).mtimeMs;
  const sources = ['src', 'test/support/servers'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(root, folder, file)),
  );
  return sources.every((file) => !/\.m?ts$|\.mjs$/.test(file) || file.endsWith('.test.ts') || statSync(file).mtimeMs < built);
}
