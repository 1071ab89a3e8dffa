import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HoldfastError } from '../../../core/errors/holdfast-error.ts';
import { findInPath } from '../program-lookup.ts';
import { installError } from './install-error.ts';
import type { InstalledPackage } from './install-store.ts';
import { entryOf } from './npm-entry.ts';
import { installFolderName, installFolderPrefix, type PackageRequest } from './package-request.ts';
import { type PackageLaunch, type PackageSite, toolMissing } from './package-site.ts';
import { runTool } from './run-tool.ts';

/** Errors as JSON, and 7 seconds instead of 70 until a registry that is not there is given up. */
const BRIEF = ['--json', '--loglevel=error', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];

/**
 * Resolves, installs and finds the program of an npm package. Afterwards nothing of npm is needed to run it.
 * @throws HF_COMMAND_NOT_FOUND (no node or npm), HF_PACKAGE_NOT_FOUND, HF_CANCELLED
 */
export async function resolveNpmPackage(request: PackageRequest, site: PackageSite): Promise<PackageLaunch> {
  const node = await realNode(site);
  const there = request.exact && request.wanted !== null ? await site.store.find(installFolderName(request, request.wanted)) : null;
  const { folder, installed } = there ?? (await installNewest(request, site));
  return { ...(await entryOf(join(folder, 'node_modules', request.name), node, site.source)), folder, installed };
}

async function installNewest(request: PackageRequest, site: PackageSite): Promise<{ folder: string; installed: InstalledPackage }> {
  const { store, progress, source } = site;
  const npm = await findInPath('npm', site.env['PATH'] ?? '', site.cwd);
  if (npm === null) throw toolMissing(source, 'npm', 'Install Node.js with npm (https://nodejs.org), or pass a PATH that has it.');
  let version = request.wanted;
  if (!request.exact) {
    progress({ step: 'resolve', message: `asking the npm registry for ${request.name}@${request.wanted ?? 'latest'}` });
    version = await newestVersion(npm, request, site);
    const there = version === null ? null : await store.find(installFolderName(request, version));
    if (there !== null) return there;
  }
  const wanted = `${request.name}@${version ?? request.wanted ?? 'latest'}`;
  progress({ step: 'install', message: `installing ${wanted} with npm` });
  return store.install(
    (folder) => npmInstall(npm, request, wanted, folder, site),
    (installed) => installFolderName(request, installed.version),
  );
}

/** Null when several versions fit: npm knows best which one to take. */
async function newestVersion(npm: string, request: PackageRequest, site: PackageSite): Promise<string | null> {
  const spec = `${request.name}@${request.wanted ?? 'latest'}`;
  const result = await runTool({
    file: npm,
    args: ['view', spec, 'version', ...BRIEF],
    cwd: site.cwd,
    env: site.env,
    signal: site.signal,
  });
  if (result.code !== 0) throw await failed(request, result, site);
  const versions: unknown = result.stdout.trim() === '' ? [] : JSON.parse(result.stdout);
  if (Array.isArray(versions) && versions.length === 0)
    throw await failed(request, { ...result, stderr: `no version of ${request.name} fits ${request.wanted ?? ''}` }, site);
  return typeof versions === 'string' ? versions : null;
}

async function npmInstall(
  npm: string,
  request: PackageRequest,
  wanted: string,
  folder: string,
  site: PackageSite,
): Promise<InstalledPackage> {
  await writeFile(join(folder, 'package.json'), '{ "name": "holdfast-install", "private": true }\n');
  // Settings of the user (registry, proxy, whether scripts run) hold; what would make this another kind of install does not.
  const flags = [
    '--global=false',
    '--package-lock=true',
    '--omit=dev',
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
    '--loglevel=error',
  ];
  const args = ['install', '--prefix', folder, ...flags, ...BRIEF, '--save-exact', '--omit-lockfile-registry-resolved', wanted];
  const result = await runTool({ file: npm, args, cwd: folder, env: site.env, signal: site.signal });
  if (result.code !== 0) throw await failed(request, result, site);
  const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8')) as {
    packages?: Record<string, { version?: string; integrity?: string } | undefined>;
  };
  const entry = lock.packages?.[`node_modules/${request.name}`];
  if (entry?.version === undefined) throw await failed(request, { ...result, stderr: 'npm installed something else' }, site);
  // A package that cannot be run is not kept.
  await entryOf(join(folder, 'node_modules', request.name), '', site.source);
  return { name: request.name, version: entry.version, integrity: entry.integrity ?? null };
}

async function failed(request: PackageRequest, result: Parameters<typeof installError>[1], site: PackageSite): Promise<HoldfastError> {
  return installError(site.source, result, await site.store.versions(installFolderPrefix(request)));
}

/** The caller's own Node, behind any shim of a version manager: a shim would be a process in front of the server. */
async function realNode(site: PackageSite): Promise<string> {
  const node = await findInPath('node', site.env['PATH'] ?? '', site.cwd);
  if (node === null) throw toolMissing(site.source, 'node', 'Install Node.js (https://nodejs.org), or pass a PATH that has it.');
  const { code, stdout } = await runTool({
    file: node,
    args: ['-p', 'process.execPath'],
    cwd: site.cwd,
    env: site.env,
    signal: site.signal,
  });
  return code === 0 && stdout.startsWith('/') ? stdout.trim() : node;
}
