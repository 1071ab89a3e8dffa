import { chownSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processesWith } from '../../support/processes.ts';
import { until } from '../../support/until.ts';
import { commandLine } from './command-line.ts';
import { TINY_SERVER } from './life.ts';
import { mountDisk } from './small-disk.ts';

const OTHER_USER = 54_321;
const asRoot = process.getuid?.() === 0;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-homes-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Demands that a home is refused, at once, with a reason; no daemon is started for it. */
async function expectRefused(home: string, why: RegExp, named = home): Promise<void> {
  const { code, stdout, stderr } = await commandLine(home, 'ls');
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('HF_HOME');
  expect(stderr).toContain(named);
  expect(stderr).toMatch(why);
  expect(processesWith(`HOLDFAST_HOME=${home}`)).toEqual([]);
}

describe('a home that cannot be used is refused with the reason', () => {
  it('where a file is in the way', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'precious');
    await expectRefused(file, /not a folder/);
    await expectRefused(join(file, 'home'), /not a folder/);
  });

  it('where its link leads nowhere', async () => {
    const link = join(folder, 'link');
    symlinkSync(join(folder, 'nowhere'), link);
    await expectRefused(link, /leads nowhere/);
    await expectRefused(join(link, 'home'), /leads nowhere/);
  });

  it('where no folder can be made, without hanging', async (ctx) => {
    if (process.platform !== 'linux') return ctx.skip('needs linux: a file system that takes no folders');
    await expectRefused('/proc/holdfast-home', /no folder can be made/);
  });

  it('where it may not be written', async (ctx) => {
    const home = join(folder, 'read-only');
    if (!asRoot) {
      mkdirSync(home, { mode: 0o500 });
      await expectRefused(home, /may not write/);
      return;
    }
    // Root may write everywhere but on a disk that takes nothing.
    const disk = await mountDisk(home, { readOnly: true });
    if ('reason' in disk) return ctx.skip(disk.reason);
    try {
      await expectRefused(home, /read-only/);
    } finally {
      await disk.unmount();
    }
  });

  it('where root would work in the home of another user', async (ctx) => {
    if (!asRoot) return ctx.skip('needs root: a home that belongs to another user');
    const theirs = join(folder, 'theirs');
    mkdirSync(theirs);
    chownSync(theirs, OTHER_USER, OTHER_USER);
    await expectRefused(theirs, /belongs to another user/);
    await expectRefused(join(theirs, 'deeper', 'home'), /belongs to another user/, theirs);
    expect(readdirSync(theirs)).toEqual([]);
  });
});

it('a home whose path is too long for a socket works through a hashed one', async () => {
  const home = join(folder, 'x'.repeat(150 - folder.length));
  mkdirSync(home, { mode: 0o700 });
  expect(home.length).toBeGreaterThan(145);
  expect(await commandLine(home, 'run', 'cmd:///bin/sh', '--name', 'far', '--', TINY_SERVER)).toMatchObject({ code: 0 });
  const { socket } = JSON.parse((await commandLine(home, 'daemon', 'status', '--format', 'json')).stdout) as { socket: string };
  expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(100);
  const found = lstatSync(socket);
  expect([found.isSocket(), found.mode & 0o077]).toEqual([true, 0]);
  const around = lstatSync(dirname(socket));
  expect([around.isDirectory(), around.mode & 0o777, around.uid]).toEqual([true, 0o700, process.getuid?.()]);
  expect((await commandLine(home, 'ls', '-q')).stdout).toBe('far\n');
  // Another long home has a daemon of its own.
  const other = `${home.slice(0, -1)}y`;
  expect((await commandLine(other, 'ls', '-q')).stdout).toBe('');
  for (const each of [home, other]) expect(await commandLine(each, 'daemon', 'stop')).toMatchObject({ code: 0 });
  await until('both daemons are gone', () => processesWith(`HOLDFAST_HOME=${home.slice(0, -1)}`).length === 0);
  expect(existsSync(socket)).toBe(false);
});
