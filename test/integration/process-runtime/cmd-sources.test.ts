import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSourcesKit, type SourcesKit } from './sources-kit.ts';

let kit: SourcesKit;
beforeEach(async () => {
  kit = await makeSourcesKit();
  await mkdir(join(kit.folder, 'bin'));
  await writeFile(join(kit.folder, 'bin', 'server'), '#!/bin/sh\n', { mode: 0o755 });
});
afterEach(() => kit.close());

const caller = (env: Record<string, string> = {}): { cwd: string; env: Record<string, string> } => ({ cwd: kit.folder, env });

describe('cmd://', () => {
  it('finds a program in the PATH of the caller', async () => {
    const { launch, runtime } = await kit.resolve('cmd://server', {
      args: ['a', '{port}'],
      caller: caller({ PATH: `/nowhere:${kit.folder}/bin` }),
    });
    expect(runtime).toBe('process');
    expect(launch).toEqual({
      file: join(kit.folder, 'bin', 'server'),
      args: ['a', '{port}'],
      cwd: kit.folder,
      env: { PATH: `/nowhere:${kit.folder}/bin` },
      path: '',
    });
  });

  it.each(['bin/server', './bin/server', '~/bin/server'])('finds %s relative to the caller', async (program) => {
    const { launch } = await kit.resolve(`cmd://${program}`, { caller: caller({ HOME: kit.folder }) });
    expect(launch.file).toBe(join(kit.folder, 'bin', 'server'));
  });

  it('takes the folder that was asked for, relative to the caller', async () => {
    const { launch } = await kit.resolve('cmd:///bin/sh', { workdir: 'bin', transport: 'sse', caller: caller() });
    expect([launch.cwd, launch.file, launch.path]).toEqual([join(kit.folder, 'bin'), '/bin/sh', '/sse']);
  });

  it('names the variables that hold credentials, also what the user gave', async () => {
    const env = { PATH: '/bin', HTTPS_PROXY: 'http://me:pw@proxy:1', EDITOR: 'vi' };
    const found = await kit.resolve('cmd://sh', { userEnv: { API_KEY: 'x', PLAIN: 'y' }, caller: caller(env) });
    expect(found.launch.env).toEqual({ PATH: '/bin', HTTPS_PROXY: 'http://me:pw@proxy:1', API_KEY: 'x', PLAIN: 'y' });
    expect(found.secretEnv).toEqual(['API_KEY', 'HTTPS_PROXY']);
  });
});

describe('a source that cannot be run is refused', () => {
  it.each([
    ['cmd://no-such-program', 'HF_COMMAND_NOT_FOUND', '"no-such-program" is not in PATH'],
    ['cmd://./no-such-program', 'HF_COMMAND_NOT_FOUND', 'no-such-program does not exist'],
    ['cmd://bin', 'HF_COMMAND_NOT_FOUND', '"bin" is not in PATH'],
    ['cmd://./bin', 'HF_COMMAND_NOT_EXECUTABLE', 'is a folder'],
    ['cmd://', 'HF_BAD_SPEC', 'names no program'],
    ['go://github.com/a/b', 'HF_UNSUPPORTED', 'built into images, which comes with a later version'],
    ['https://mcp.example.com/mcp', 'HF_UNSUPPORTED', 'remote servers come with a later version'],
    ['docker://x', 'HF_UNSUPPORTED', 'docker:// is not a scheme'],
    ['./server.js', 'HF_BAD_SPEC', 'is a path'],
    ['npx://../up', 'HF_BAD_SPEC', 'names no package'],
    ['uvx://--help', 'HF_BAD_SPEC', 'names no package'],
  ])('%s', async (source, code, message) => {
    await expect(kit.resolve(source, { caller: caller({ PATH: '/bin' }) })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it('when its folder is missing', async () => {
    await expect(kit.resolve('cmd:///bin/sh', { workdir: 'none', caller: caller() })).rejects.toMatchObject({
      code: 'HF_COMMAND_NOT_FOUND',
      message: `The working directory ${kit.folder}/none does not exist`,
    });
  });
});
