// Builds the programs: every entry file of src/bin into dist/bin, the demo into dist/demo, the benchmarks into dist/bench. The fixture
// servers of the tests go into dist/fixtures: they are started a thousand times, and boot twice as fast as one file.
//   node scripts/build.mjs [--quiet]
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const quiet = process.argv.includes('--quiet');

/**
 * @typedef {object} Program
 * @property {Record<string, string>} entries name → entry file
 * @property {string} out folder
 * @property {boolean} external packages stay imports (programs of a checkout only)
 * @property {'js' | 'mjs'} [extension] `mjs` where no package.json is near that says what `js` is
 */

/**
 * Bundles entries into one folder. Chunks lie flat beside the entries, so that an entry is a neighbour of every chunk.
 * @param {Program} program
 */
async function bundle({ entries, out, external, extension = 'js' }) {
  const dir = join(root, out);
  const build = await rolldown({
    cwd: root,
    input: entries,
    platform: 'node',
    tsconfig: false,
    treeshake: true,
    // What Node would take, a UMD build, hides its own imports from the bundler (jsonc-parser).
    resolve: { mainFields: ['module', 'main'] },
    external: external ? /^[^./\0]/ : [],
    transform: { target: 'node20.19' },
    onLog(level, log, handle) {
      // A warning here is something that would be missing in the shipped program.
      if (level === 'warn') throw new Error(`${log.code ?? 'warning'}: ${log.message}`);
      handle(level, log);
    },
  });
  const { output } = await build.generate({
    format: 'es',
    sourcemap: true,
    comments: { legal: true, annotation: true, jsdoc: false },
    entryFileNames: `[name].${extension}`,
    chunkFileNames: `[name]-[hash].${extension}`,
  });
  await build.close();

  await mkdir(dir, { recursive: true });
  const written = new Set();
  for (const file of output) {
    written.add(file.fileName);
    await writeFile(join(dir, file.fileName), file.type === 'chunk' ? file.code : file.source);
    if (file.type === 'chunk' && file.isEntry) await chmod(join(dir, file.fileName), 0o755);
  }
  // Old files go last: a program that runs while this builds finds its chunks until then.
  for (const name of await readdir(dir)) if (!written.has(name)) await rm(join(dir, name), { recursive: true });
  return { files: written.size, bytes: output.reduce((sum, file) => sum + (file.type === 'chunk' ? file.code.length : 0), 0) };
}

/**
 * Entry files of a folder: each .ts file that is no test.
 * @param {string} folder relative to the root
 * @returns {Promise<Record<string, string>>} name of the program → its entry file
 */
async function entriesOf(folder) {
  if (!existsSync(join(root, folder))) return {};
  const names = (await readdir(join(root, folder))).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  return Object.fromEntries(names.toSorted().map((name) => [name.slice(0, -'.ts'.length), join(root, folder, name)]));
}

/** @param {string} file relative to the root */
const mainOf = (file) => (existsSync(join(root, file)) ? { main: join(root, file) } : {});

const servers = 'test/support/servers';
const fixtures = ['fixture-stdio', 'fixture-http', 'fixture-modern'].filter((name) => existsSync(join(root, servers, `${name}.mjs`)));

/** @type {Program[]} */
const programs = [
  { entries: await entriesOf('src/bin'), out: 'dist/bin', external: false },
  { entries: mainOf('demo/main.ts'), out: 'dist/demo', external: true },
  {
    entries: Object.fromEntries(fixtures.map((name) => [name, join(root, servers, `${name}.mjs`)])),
    out: 'dist/fixtures',
    external: false,
    extension: 'mjs',
  },
  { entries: { ...mainOf('bench/main.ts'), ...(await entriesOf('bench/programs')) }, out: 'dist/bench', external: true },
];

if (Object.keys(programs[0]?.entries ?? {}).length === 0) throw new Error('src/bin has no entry file: there is nothing to build');

for (const program of programs) {
  if (Object.keys(program.entries).length === 0) continue;
  const started = performance.now();
  const { files, bytes } = await bundle(program);
  if (!quiet) {
    const took = Math.round(performance.now() - started);
    process.stdout.write(
      `${program.out}: ${Object.keys(program.entries).join(', ')} (${files} files, ${Math.round(bytes / 1024)} KB of code, ${took} ms)\n`,
    );
  }
}
