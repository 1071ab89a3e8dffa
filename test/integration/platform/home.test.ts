import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { thisMachine } from '../../../src/platform/machine.ts';
import { preparePrivateFolder } from '../../../src/platform/private-folder.ts';
import { type Home, openHome } from '../../../src/settings/home.ts';

const mode = (path: string): number => statSync(path).mode & 0o777;
const OTHER_USER = 54_321;
const asRoot = process.getuid?.() === 0;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-home-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (home: string, env: Record<string, string> = {}): Promise<Home> =>
  openHome({ ...thisMachine(), userHome: folder, env: home === '' ? env : { HOLDFAST_HOME: home, ...env } });
const refusal = (what: string, why: string) => ({
  code: 'HF_HOME',
  message: expect.stringContaining(what) as string,
  why: expect.stringContaining(why) as string,
});

describe('a home', () => {
  it('is made with all its folders, private', async () => {
    const root = join(folder, 'deep', 'home');
    const { directories } = await open(root);
    expect(directories).toEqual({
      home: root,
      state: `${root}/state`,
      data: `${root}/data`,
      config: `${root}/config`,
      runtime: `${root}/run`,
    });
    for (const path of [root, directories.state, directories.data, directories.config]) expect(mode(path)).toBe(0o700);
  });

  it('is where the system has it without HOLDFAST_HOME', async (ctx) => {
    if (process.platform !== 'linux') ctx.skip('needs linux: the XDG folders');
    const { directories, controlSocket } = await open('');
    expect(directories.state).toBe(join(folder, '.local/state/holdfast'));
    expect(controlSocket).toBe(join(directories.state, 'control.sock'));
    expect(mode(directories.config)).toBe(0o700);
  });

  it('is closed to others where they could enter, but the mode of its own folder and of the configuration is left alone', async () => {
    for (const name of ['', 'state', 'data', 'config']) {
      mkdirSync(join(folder, name), { recursive: true });
      chmodSync(join(folder, name), 0o755);
    }
    await open(folder);
    expect(['', 'state', 'data', 'config'].map((name) => mode(join(folder, name)))).toEqual([0o755, 0o700, 0o700, 0o755]);
  });

  it('is opened twice without a change', async () => {
    const first = await open(folder);
    expect(await open(folder)).toEqual(first);
  });

  it('may be a link', async () => {
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', join(folder, 'link'));
    const viaLink = await open(join(folder, 'link'));
    const direct = await open(join(folder, 'real'));
    expect(viaLink.controlSocket).toBe(direct.controlSocket);
  });

  it('is refused when it is a file, lies in a file, or is a link to nowhere', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    symlinkSync('nowhere', join(folder, 'link'));
    await expect(open(file)).rejects.toMatchObject(refusal(file, 'it is not a folder'));
    await expect(open(join(file, 'home'))).rejects.toMatchObject(
      refusal(join(file, 'home'), 'a part of its path is not a folder (ENOTDIR)'),
    );
    await expect(open(join(folder, 'link'))).rejects.toMatchObject(refusal(join(folder, 'link'), '(E'));
  });

  it('is refused when it cannot be written', async () => {
    // Root may write every folder, so it takes off its rights for a moment.
    const uid = asRoot ? OTHER_USER : thisMachine().uid;
    if (asRoot) chownSync(folder, OTHER_USER, OTHER_USER);
    chmodSync(folder, 0o500);
    if (asRoot) process.seteuid?.(OTHER_USER);
    const opened = openHome({ ...thisMachine(), uid, env: { HOLDFAST_HOME: folder } }).finally(() => {
      if (asRoot) process.seteuid?.(0);
      chmodSync(folder, 0o700);
    });
    await expect(opened).rejects.toMatchObject(refusal(folder, 'you may not write it or enter it (EACCES)'));
  });

  it('is refused on a read-only file system', async (ctx) => {
    if (process.platform !== 'linux' || !asRoot) ctx.skip('needs root: to mount a file system');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro,size=64k', 'tmpfs', folder]);
    try {
      await expect(open(folder)).rejects.toMatchObject(refusal(folder, 'its file system is read-only (EROFS)'));
    } finally {
      execFileSync('umount', [folder]);
    }
  });

  it('of another user is refused to root, wherever in it the folders would lie', async (ctx) => {
    if (!asRoot) ctx.skip('needs root: to give a folder to somebody else');
    const theirs = join(folder, 'theirs');
    mkdirSync(theirs);
    chownSync(theirs, OTHER_USER, OTHER_USER);
    const why = `it belongs to another user (number ${OTHER_USER}), who could not write what root leaves there`;
    await expect(open(theirs)).rejects.toMatchObject({
      ...refusal('Root will not use', why),
      fix: expect.stringContaining('without sudo') as string,
    });
    await expect(open(join(theirs, 'deep', 'home'))).rejects.toMatchObject(refusal('Root will not use', why));
    expect(readdirSync(theirs)).toEqual([]);
    await expect(openHome({ ...thisMachine(), userHome: theirs, env: {} })).rejects.toMatchObject(refusal('Root will not use', why));
    expect(readdirSync(theirs)).toEqual([]);
  });

  it('of another user is refused to everybody else', async (ctx) => {
    if (!asRoot) ctx.skip('needs root: to give a folder to somebody else');
    const machine = { ...thisMachine(), uid: OTHER_USER, env: { HOLDFAST_HOME: folder } };
    await expect(openHome(machine)).rejects.toMatchObject(refusal(folder, 'it belongs to another user (number 0)'));
  });
});

describe('the control socket', () => {
  const listenAt = (path: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const server = createServer();
      server.once('error', reject);
      server.listen(path, () => {
        const isThere = existsSync(path);
        server.close(() => (isThere ? resolve() : reject(new Error('bound somewhere else'))));
      });
    });

  it('can be listened at however long the path of the home is, and two homes never share one', async () => {
    const paths: string[] = [];
    for (const length of [1, 20, 40, 60, 80, 100, 150, 200]) {
      const { controlSocket } = await open(join(folder, 'x'.repeat(length)));
      expect(Buffer.byteLength(controlSocket)).toBeLessThanOrEqual(100);
      expect(mode(dirname(controlSocket))).toBe(0o700);
      await listenAt(controlSocket);
      paths.push(controlSocket);
    }
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths.at(-1)).toMatch(/^\/tmp\/holdfast-\d+\/[0-9a-f]{24}\.sock$/);
  });

  it('lies in no folder that somebody else may have made', async (ctx) => {
    symlinkSync(folder, join(folder, 'link'));
    await expect(preparePrivateFolder(join(folder, 'link'))).rejects.toMatchObject({
      code: 'HF_HOME',
      why: expect.stringContaining('symbolic link') as string,
    });
    if (!asRoot) ctx.skip('needs root: to give a folder to somebody else');
    mkdirSync(join(folder, 'theirs'));
    chownSync(join(folder, 'theirs'), OTHER_USER, OTHER_USER);
    await expect(preparePrivateFolder(join(folder, 'theirs'))).rejects.toMatchObject({ code: 'HF_HOME' });
  });
});
