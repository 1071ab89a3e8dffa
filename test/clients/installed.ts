import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const FOLDER = join(import.meta.dirname, 'pinned');
const PINNED: readonly string[] = ['package.json', 'package-lock.json'];
/** Bound against hanging, ms. */
const INSTALL_BOUND_MS = 240_000;

/** The clients of `pinned/package.json`, ready to run; or why they cannot be had, as the reason of a skipped test. */
export type Installed = { readonly programs: string } | { readonly missing: string };

/**
 * Installs the clients once into a folder of the user's cache, outside of the checkout: 400 MB, a quarter of a minute. Later runs find
 * them there until a version changes. Their optional packages (terminals, images, sound) are left out; none of their scripts runs but
 * OpenCode's, which fetches its program.
 */
export async function installClients(): Promise<Installed> {
  const base = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const cache = join(base, 'holdfast-test-clients');
  const folder = join(cache, `${process.platform}-${process.arch}-${versions()}`);
  const programs = join(folder, 'node_modules', '.bin');
  if (existsSync(folder)) return { programs };
  await mkdir(cache, { recursive: true });
  const making = await mkdtemp(join(cache, 'making-'));
  try {
    const started = performance.now();
    await Promise.all(PINNED.map((file) => cp(join(FOLDER, file), join(making, file))));
    const options = { cwd: making, timeout: INSTALL_BOUND_MS, env: { ...process.env, npm_config_prefer_offline: 'true' } };
    // Qwen Code asks for Node 22, which matters only when it runs.
    await run('npm', ['ci', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--engine-strict=false'], options);
    await run(process.execPath, [join('node_modules', 'opencode-ai', 'postinstall.mjs')], options);
    await rename(making, folder);
    console.log(`The clients were installed in ${Math.round((performance.now() - started) / 1000)} s`);
    return { programs };
  } catch (thrown) {
    await rm(making, { recursive: true, force: true });
    const { message } = thrown as Error;
    return { missing: `needs clients: npm could not install them (${/^npm error .*$/m.exec(message)?.[0] ?? message.trim()})` };
  }
}

function versions(): string {
  const hash = createHash('sha256');
  for (const file of PINNED) hash.update(readFileSync(join(FOLDER, file)));
  return hash.digest('hex').slice(0, 16);
}
