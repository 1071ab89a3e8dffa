import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');

/**
 * A document as the formatter of the checkout lays it out.
 * @param {string} path of the document in the checkout; tells the language
 * @param {string} text
 */
export function formatted(path, text) {
  return execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${path}`], { cwd: root, input: text, encoding: 'utf8' });
}
