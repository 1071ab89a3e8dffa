import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '../../../core/errors/holdfast-error.ts';
import { findInPath } from '../program-lookup.ts';
import { installError } from './install-error.ts';
import type { InstalledPackage } from './install-store.ts';
import { installFolderName, installFolderPrefix, type PackageRequest } from './package-request.ts';
import { type PackageLaunch, type PackageSite, toolMissing } from './package-site.ts';
import { runTool, type ToolResult } from './run-tool.ts';

/**
 * Resolves, installs and finds the program of a Python package. Afterwards nothing of uv is needed to run it.
 * @throws HF_COMMAND_NOT_FOUND (no uv), HF_PACKAGE_NOT_FOUND, HF_CANCELLED
 */
export async function resolveUvPackage(request: PackageRequest, site: PackageSite): Promise<PackageLaunch> {
  const there = request.exact && request.wanted !== null ? await site.store.find(installFolderName(request, request.wanted)) : null;
  const { folder, installed } = there ?? (await installNewest(request, site));
  return { ...(await entryOf(folder, request.name, site.source)), folder, installed };
}

async function installNewest(request: PackageRequest, site: PackageSite): Promise<{ folder: string; installed: InstalledPackage }> {
  const { store, progress, source } = site;
  const uv = await findInPath('uv', site.env['PATH'] ?? '', site.cwd);
  if (uv === null)
    throw toolMissing(source, 'uv', 'Install it (https://docs.astral.sh/uv, for example `pip install uv`), or pass a PATH that has it.');
  let version = request.wanted;
  if (!request.exact || version === null) {
    progress({ step: 'resolve', message: `asking the package index for ${request.name}` });
    version = await newestVersion(uv, request, site);
    const there = await store.find(installFolderName(request, version));
    if (there !== null) return there;
  }
  const exact = `${requirement(request)}==${version}`;
  progress({ step: 'install', message: `installing ${exact} with uv` });
  return store.install(
    (folder) => uvInstall(uv, request, exact, folder, site),
    (installed) => installFolderName(request, installed.version),
  );
}

function requirement(request: PackageRequest): string {
  return request.extras.length === 0 ? request.name : `${request.name}[${request.extras.join(',')}]`;
}

async function newestVersion(uv: string, request: PackageRequest, site: PackageSite): Promise<string> {
  const args = ['pip', 'compile', '--no-deps', '--no-header', '--no-annotate', '--quiet', '-'];
  const result = await runTool({
    file: uv,
    args,
    cwd: site.cwd,
    env: site.env,
    signal: site.signal,
    input: `${requirement(request)}${request.wanted ?? ''}\n`,
  });
  const version = /==(\S+)/.exec(result.stdout)?.[1];
  if (result.code !== 0 || version === undefined) throw await failed(request, result, site);
  return version;
}

async function uvInstall(uv: string, request: PackageRequest, exact: string, folder: string, site: PackageSite): Promise<InstalledPackage> {
  // Relocatable, because the folder gets its name when it is whole. Compiled now, so that a start after a crash need not.
  const steps = [
    ['venv', '--relocatable', '--no-project', '--allow-existing', '--quiet', folder],
    ['pip', 'install', '--python', join(folder, 'bin', 'python'), '--compile-bytecode', '--quiet', exact],
  ];
  for (const args of steps) {
    const result = await runTool({ file: uv, args, cwd: folder, env: site.env, signal: site.signal });
    if (result.code !== 0) throw await failed(request, result, site);
  }
  // A package that cannot be run is not kept.
  await entryOf(folder, request.name, site.source);
  // uv checks hashes while it installs, but writes none down.
  return { name: request.name, version: await installedVersion(folder, request.name), integrity: null };
}

async function failed(request: PackageRequest, result: ToolResult, site: PackageSite): Promise<HoldfastError> {
  return installError(site.source, result, await site.store.versions(installFolderPrefix(request)));
}

/** `<venv>/lib/pythonX.Y/site-packages/<name>-<version>.dist-info`. */
async function distInfo(folder: string, name: string): Promise<{ path: string; version: string } | null> {
  for (const python of await readdir(join(folder, 'lib'))) {
    const packages = join(folder, 'lib', python, 'site-packages');
    for (const entry of await readdir(packages).catch(() => [])) {
      const [, found, version] = /^(.+)-([^-]+)\.dist-info$/.exec(entry) ?? [];
      if (found?.toLowerCase().replace(/[._-]+/g, '-') === name && version !== undefined) return { path: join(packages, entry), version };
    }
  }
  return null;
}

async function installedVersion(folder: string, name: string): Promise<string> {
  const info = await distInfo(folder, name);
  if (info === null) throw new HoldfastError('HF_PACKAGE_NOT_FOUND', { what: `uv installed something else than ${name}` });
  return info.version;
}

/** Names of the console scripts in an `entry_points.txt` (packaging.python.org, "Entry points specification"). */
export function consoleScripts(text: string): string[] {
  const section = /^\[console_scripts\]\s*$([^[]*)/m.exec(text)?.[1] ?? '';
  return [...section.matchAll(/^\s*([^\s=#]+)\s*=/gm)].map(([, name = '']) => name);
}

/** The script named like the package, else its only one; run by the environment's own Python, which needs no shell in front. */
async function entryOf(folder: string, name: string, source: string): Promise<{ file: string; args: string[] }> {
  const info = await distInfo(folder, name);
  const scripts = info === null ? [] : consoleScripts(await readFile(join(info.path, 'entry_points.txt'), 'utf8').catch(() => ''));
  const script =
    scripts.find((one) => one.toLowerCase().replace(/[._-]+/g, '-') === name) ?? (scripts.length === 1 ? scripts[0] : undefined);
  if (script === undefined && scripts.length > 0) {
    throw new HoldfastError('HF_PACKAGE_NOT_FOUND', {
      what: `${source} cannot be run`,
      why: `it has several programs (${scripts.join(', ')}), and none is named like it`,
      fix: 'Choose a package that is a program.',
    });
  }
  // A package may also bring a program that is no Python script; then it is named like the package.
  const file = join(folder, 'bin', script ?? name);
  const head = await readFile(file).then(
    (bytes) => bytes.toString('latin1', 0, 2),
    () => null,
  );
  if (head === null)
    throw new HoldfastError('HF_PACKAGE_NOT_FOUND', {
      what: `${source} cannot be run`,
      why: 'it has no program to run',
      fix: 'Choose a package that is a program.',
    });
  return head === '#!' ? { file: join(folder, 'bin', 'python'), args: [file] } : { file, args: [] };
}
