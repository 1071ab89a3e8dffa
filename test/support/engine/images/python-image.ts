import { type ExecFileSyncOptions, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import type { Image } from './image.ts';
import { type Layer, makeLayer } from './layer.ts';
import { addFolder } from './npm-packages.ts';
import { onPath, plainRoot } from './root-layer.ts';

const SERVER = 'mcp-server-time';
const VERSION = '2026.10.19';

/** What Debian's Python needs to import all that a server imports; `VERSION` stands for that of Debian's release. */
const PACKAGES = [
  'pythonVERSION-minimal',
  'libpythonVERSION-minimal',
  'libpythonVERSION-stdlib',
  'libbz2-1.0',
  'libc6',
  'libexpat1',
  'libffi8',
  'libgcc-s1',
  'liblzma5',
  'libsqlite3-0',
  'libssl3',
  'libuuid1',
  'zlib1g',
];

/** mcp-server-time on a root file system of Debian's packages. @throws Error without apt, pip or a network */
export function pythonImage(): Image {
  return {
    name: 'holdfast-test/time:local',
    layers: [pythonLayer()],
    config: {
      Entrypoint: ['python3', '-m', 'mcp_server_time', '--local-timezone=UTC'],
      Env: ['PATH=/usr/bin:/bin', 'PYTHONPATH=/app', 'PYTHONUNBUFFERED=1', 'PYTHONDONTWRITEBYTECODE=1', 'LANG=C.UTF-8'],
      WorkingDir: '/app',
    },
  };
}

/** Ends the test as skipped where the Python image cannot be made; `HOLDFAST_REQUIRE=debian` forbids that. */
export function pythonImageOrSkip(ctx: Pick<TestContext, 'skip'>): void {
  try {
    pythonImage();
  } catch (error) {
    ctx.skip(`needs debian: ${(error as Error).message.trim().split('\n')[0] ?? ''}`);
  }
}

function pythonLayer(): Layer {
  const release = existsSync('/etc/debian_version') ? readFileSync('/etc/debian_version', 'utf8').trim() : '';
  if (release === '') throw new Error('the packages of the Python image are Debian’s, and this is another system');
  const ingredients = ['1', SERVER, VERSION, release.split('.')[0] ?? '', process.arch];
  return makeLayer({
    name: 'python',
    ingredients,
    write(tar) {
      const folder = mkdtempSync(join(tmpdir(), 'holdfast-python-image-'));
      try {
        const stage = join(folder, 'root');
        install(folder, stage);
        plainRoot(tar, realpathSync(onPath('busybox')));
        for (const part of readdirSync(stage)) addFolder(tar, join(stage, part), part);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  });
}

function install(folder: string, stage: string): void {
  const quiet: ExecFileSyncOptions = { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 };
  const version = pythonVersion();
  mkdirSync(stage);
  execFileSync('apt-get', ['download', '-qq', ...PACKAGES.map((name) => name.replace('VERSION', version))], quiet);
  for (const name of readdirSync(folder)) if (name.endsWith('.deb')) execFileSync('dpkg', ['-x', join(folder, name), stage], quiet);
  for (const share of ['doc', 'man', 'locale', 'i18n']) rmSync(join(stage, 'usr/share', share), { recursive: true, force: true });
  symlinkSync(`python${version}`, join(stage, 'usr/bin/python3'));
  const target = ['--target', join(stage, 'app'), '--python-version', version, '--only-binary=:all:', '--no-compile'];
  execFileSync('python3', ['-m', 'pip', 'install', '--quiet', '--root-user-action=ignore', ...target, `${SERVER}==${VERSION}`], quiet);
  // Files of an archive have no time that a compiled one could be compared with.
  const compile = ['-m', 'compileall', '-q', '--invalidation-mode=unchecked-hash', `/usr/lib/python${version}`, '/app'];
  execFileSync('chroot', [stage, '/usr/bin/python3', ...compile], quiet);
}

/** Of Debian's release, e.g. `3.11`. The lists of packages are brought where there are none. */
function pythonVersion(): string {
  const find = (): string | undefined => /Depends: python(3\.\d+)\n/.exec(String(execFileSync('apt-cache', ['depends', 'python3'])))?.[1];
  const known = find();
  if (known !== undefined) return known;
  execFileSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const found = find();
  if (found === undefined) throw new Error('apt knows no python3');
  return found;
}
