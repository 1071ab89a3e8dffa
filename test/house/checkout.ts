import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/**
 * Files of the checkout that git knows or would add, so nothing that is generated.
 * @param under folder, relative to the root, e.g. `src`
 * @returns sorted paths relative to the root, with `/`
 */
export function checkoutFiles(under = '.'): string[] {
  const listed = execFileSync(
    'git',
    ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', under],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  // A file that was deleted but not yet committed is still listed.
  return listed
    .split('\0')
    .filter((file) => file !== '' && existsSync(join(root, file)))
    .toSorted();
}

/** The text of a file of the checkout, by its path relative to the root. */
export function readCheckoutFile(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** TypeScript files below a folder; tests are left out. */
export function sourceFiles(under: string): string[] {
  return checkoutFiles(under).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
}
