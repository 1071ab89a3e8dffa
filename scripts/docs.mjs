// Writes the documents that are made from the code: docs/cli.md, docs/clients.md, docs/errors.md, docs/openapi.json.
//   node scripts/docs.mjs
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { formatted } from './docs/formatted.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

// Inside the checkout, so that packages are found.
const folder = await mkdtemp(join(root, 'node_modules', '.holdfast-docs-'));
try {
  const file = join(folder, 'documents.mjs');
  const build = await rolldown({
    cwd: root,
    input: join(root, 'scripts', 'docs', 'documents.ts'),
    platform: 'node',
    tsconfig: false,
    external: /^[^./\0]/,
  });
  await build.write({ file, format: 'es', codeSplitting: false });
  await build.close();
  /** @type {unknown} */
  const made = await import(pathToFileURL(file).href);
  const { documents } = /** @type {{ documents: () => Readonly<Record<string, string>> }} */ (made);
  for (const [path, text] of Object.entries(documents())) await writeFile(join(root, path), formatted(path, text));
} finally {
  await rm(folder, { recursive: true });
}
