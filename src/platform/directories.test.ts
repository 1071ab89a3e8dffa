import { describe, expect, it } from 'vitest';
import { controlSocketPath } from './control-socket.ts';
import { resolveDirectories } from './directories.ts';
import type { Machine } from './machine.ts';

const linux: Machine = { platform: 'linux', env: {}, uid: 1000, userHome: '/home/ann', temporary: '/tmp', cwd: '/home/ann/project' };
const mac: Machine = { ...linux, platform: 'darwin', uid: 501, userHome: '/Users/ann' };
const windows: Machine = { ...linux, platform: 'win32', uid: null, userHome: 'C:\\Users\\ann', temporary: 'C:\\Temp', cwd: 'C:\\project' };
const withEnv = (machine: Machine, env: Record<string, string>): Machine => ({ ...machine, env });

describe('folders', () => {
  it('are those of XDG on Linux', () => {
    expect(resolveDirectories(linux)).toEqual({
      home: null,
      state: '/home/ann/.local/state/holdfast',
      data: '/home/ann/.local/share/holdfast',
      config: '/home/ann/.config/holdfast',
      runtime: '/tmp/holdfast-1000',
    });
    const env = { XDG_STATE_HOME: '/s', XDG_DATA_HOME: '/d', XDG_CONFIG_HOME: '/c', XDG_RUNTIME_DIR: '/run/user/1000' };
    expect(resolveDirectories(withEnv(linux, env))).toEqual({
      home: null,
      state: '/s/holdfast',
      data: '/d/holdfast',
      config: '/c/holdfast',
      runtime: '/run/user/1000/holdfast',
    });
  });

  it('ignore XDG variables that are relative or empty, as its specification says', () => {
    const env = { XDG_STATE_HOME: 'state', XDG_CONFIG_HOME: '', XDG_RUNTIME_DIR: 'run' };
    expect(resolveDirectories(withEnv(linux, env))).toEqual(resolveDirectories(linux));
  });

  it('are those of the system on macOS and Windows', () => {
    expect(resolveDirectories(mac)).toMatchObject({
      state: '/Users/ann/Library/Application Support/holdfast/state',
      config: '/Users/ann/Library/Application Support/holdfast/config',
      runtime: '/tmp/holdfast-501',
    });
    expect(resolveDirectories(windows)).toMatchObject({
      state: 'C:\\Users\\ann\\AppData\\Local\\holdfast\\state',
      config: 'C:\\Users\\ann\\AppData\\Roaming\\holdfast',
    });
    expect(resolveDirectories(withEnv(windows, { LOCALAPPDATA: 'D:\\L', APPDATA: 'D:\\R' }))).toMatchObject({
      data: 'D:\\L\\holdfast\\data',
      config: 'D:\\R\\holdfast',
    });
  });

  it.each([
    ['/srv/hf', '/srv/hf'],
    ['hf', '/home/ann/project/hf'],
    ['../hf/', '/home/ann/hf'],
  ])('all move to HOLDFAST_HOME=%s', (home, root) => {
    for (const machine of [linux, mac]) {
      expect(resolveDirectories(withEnv(machine, { HOLDFAST_HOME: home, XDG_STATE_HOME: '/s' }))).toEqual({
        home: root,
        state: `${root}/state`,
        data: `${root}/data`,
        config: `${root}/config`,
        runtime: `${root}/run`,
      });
    }
  });

  it('do not move where HOLDFAST_HOME is empty, and are refused where its tilde was quoted', () => {
    expect(resolveDirectories(withEnv(linux, { HOLDFAST_HOME: '' })).home).toBeNull();
    for (const home of ['~', '~/hf']) {
      expect(() => resolveDirectories(withEnv(linux, { HOLDFAST_HOME: home }))).toThrow(expect.objectContaining({ code: 'HF_HOME' }));
    }
    expect(resolveDirectories(withEnv(linux, { HOLDFAST_HOME: '/srv/~x' })).home).toBe('/srv/~x');
  });
});

describe('the path of the control socket', () => {
  const pathFor = (home: string, machine: Machine = linux): string =>
    controlSocketPath(resolveDirectories(withEnv(machine, { HOLDFAST_HOME: home })), machine);

  it('lies in the state folder, and at most 100 bytes stay as they are', () => {
    expect(pathFor('/srv/hf')).toBe('/srv/hf/state/control.sock');
    const longest = `/${'x'.repeat(100 - '//state/control.sock'.length)}`;
    expect(pathFor(longest)).toBe(`${longest}/state/control.sock`);
    expect(Buffer.byteLength(pathFor(longest))).toBe(100);
  });

  it('is a hashed name in the runtime folder when it would be longer, then in /tmp; bytes count, not characters', () => {
    const middle = `/${'x'.repeat(60)}`;
    expect(pathFor(`${middle}/${'y'.repeat(20)}`)).toMatch(/^\/tmp\/holdfast-1000\/[0-9a-f]{24}\.sock$/);
    const directories = { home: null, state: `/${'ü'.repeat(50)}`, data: '/d', config: '/c', runtime: '/run/user/1000/holdfast' };
    expect(controlSocketPath(directories, linux)).toMatch(/^\/run\/user\/1000\/holdfast\/[0-9a-f]{24}\.sock$/);
  });

  it('differs by state folder and by user', () => {
    const long = `/${'x'.repeat(100)}`;
    const paths = [pathFor(`${long}1`), pathFor(`${long}2`), pathFor(`${long}1`, { ...linux, uid: 1001 })];
    expect(new Set(paths).size).toBe(3);
  });

  it('is the name of a pipe on Windows', () => {
    expect(pathFor('C:\\hf', windows)).toMatch(/^\\\\\.\\pipe\\holdfast-[0-9a-f]{24}$/);
  });
});
