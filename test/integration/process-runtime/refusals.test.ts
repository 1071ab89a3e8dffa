import { chmod, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../src/core/errors/holdfast-error.ts';
import type { WorkloadSpec } from '../../../src/core/workload/spec.ts';
import { makeKit, type RuntimeKit, specOf } from './runtime-kit.ts';

let kit: RuntimeKit;
beforeEach(async () => {
  kit = await makeKit();
});
afterEach(() => kit.close());

async function script(text: string, mode = 0o755): Promise<string> {
  const file = join(kit.stateDir, 'script');
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
}

/** The code and message with which a start was refused. */
async function refusal(launch: Partial<WorkloadSpec['launch']>): Promise<{ code: string; message: string }> {
  const error = await kit.start(specOf(launch)).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HoldfastError)) throw new Error('was not refused', { cause: error });
  return { code: error.code, message: error.message };
}

describe('what cannot be started is refused before anything is spawned', () => {
  it('a folder that is missing', async () => {
    expect(await refusal({ cwd: '/no/such/folder' })).toEqual({
      code: 'HF_COMMAND_NOT_FOUND',
      message: 'The working directory /no/such/folder does not exist',
    });
  });

  it('a folder that is a file', async () => {
    const file = await script('');
    expect(await refusal({ cwd: file })).toEqual({
      code: 'HF_COMMAND_NOT_FOUND',
      message: `The working directory ${file} is not a folder`,
    });
  });

  it('a program that is missing', async () => {
    expect(await refusal({ file: '/no/such/program' })).toEqual({
      code: 'HF_COMMAND_NOT_FOUND',
      message: 'The program /no/such/program does not exist',
    });
  });

  it('a program that a link leads to and that is missing', async () => {
    const link = join(kit.stateDir, 'link');
    await symlink('/no/such/python', link);
    expect(await refusal({ file: link })).toMatchObject({ code: 'HF_COMMAND_NOT_FOUND' });
  });

  it('a folder in place of a program', async () => {
    expect(await refusal({ file: tmpdir() })).toMatchObject({
      code: 'HF_COMMAND_NOT_EXECUTABLE',
      message: `${tmpdir()} is a folder, not a program`,
    });
  });

  it('a file that may not be executed', async () => {
    const file = await script('#!/bin/sh\n', 0o644);
    expect(await refusal({ file })).toEqual({ code: 'HF_COMMAND_NOT_EXECUTABLE', message: `The file ${file} may not be executed` });
  });

  it('a script whose interpreter is missing', async () => {
    const file = await script('#!/no/such/interpreter -x\n');
    expect(await refusal({ file })).toEqual({
      code: 'HF_COMMAND_NOT_FOUND',
      message: `The script ${file} cannot be run: its interpreter /no/such/interpreter does not exist`,
    });
  });

  it('a script whose interpreter may not be executed', async () => {
    const interpreter = join(kit.stateDir, 'interpreter');
    await writeFile(interpreter, '', { mode: 0o644 });
    expect(await refusal({ file: await script(`#!${interpreter}\n`) })).toMatchObject({
      code: 'HF_COMMAND_NOT_EXECUTABLE',
      message: expect.stringContaining(`its interpreter ${interpreter} may not be executed`),
    });
  });

  it('a script whose interpreter is not in its PATH', async () => {
    const file = await script('#!/usr/bin/env no-such-interpreter\n');
    expect(await refusal({ file, env: { PATH: '/bin' } })).toEqual({
      code: 'HF_COMMAND_NOT_FOUND',
      message: `The script ${file} cannot be run: its interpreter no-such-interpreter is not in PATH (/bin)`,
    });
  });

  it('a script with Windows line endings', async () => {
    const file = await script('#!/bin/sh\r\necho hello\r\n');
    expect(await refusal({ file })).toMatchObject({
      code: 'HF_COMMAND_NOT_FOUND',
      message: expect.stringContaining('Windows line endings'),
    });
  });

  it('a command line that is larger than the system allows', async () => {
    expect(await refusal({ args: ['x'.repeat(3_000_000)] })).toMatchObject({
      code: 'HF_BAD_SPEC',
      message: expect.stringContaining('larger than the system allows'),
    });
  });
});

describe('a start that is cancelled', () => {
  it('before its turn makes no process', async () => {
    const cancelled = AbortSignal.abort();
    const order = { spec: specOf({}), generation: 1, unit: null, signal: cancelled };
    await expect(kit.runtime.start(order)).rejects.toMatchObject({ code: 'HF_CANCELLED' });
  });

  it('in its course leaves nothing behind', async () => {
    const spec = specOf({ file: '/bin/sleep', args: ['60'] });
    const abort = new AbortController();
    const starting = kit.runtime.start({ spec, generation: 1, unit: null, signal: abort.signal });
    setImmediate(() => abort.abort());
    await expect(starting).rejects.toMatchObject({ code: 'HF_CANCELLED' });
    expect(await kit.runtime.sweep(spec, null)).toBe(0);
  });
});
