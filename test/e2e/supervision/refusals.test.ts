import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListResult } from '../../../src/api/contract/results.ts';
import { createHome, type Home } from '../../support/home.ts';
import { LIFE_SERVER, LifeWorkload } from './life.ts';

// What a program, a folder or a variable of this machine can be wrong with; images have their own ways (test/e2e/containers/bad-input).
let home: Home;
let good: LifeWorkload;
beforeAll(async () => {
  home = await createHome();
  good = await LifeWorkload.run(home, 'good');
});
afterAll(() => home.end());

const at = (...names: readonly string[]): string => join(home.folder, ...names);

/** Demands that a `run` is refused, in words that say what is wrong and what to do, and that nothing of it is left. */
async function expectRefused(words: readonly string[], code: string, exit: number, says: RegExp): Promise<void> {
  const { pid } = await good.now();
  const said = await home.run('run', '--name', 'bad', ...words);
  expect([said.code, said.stdout]).toEqual([exit, '']);
  expect(said.stderr).toContain(`code: ${code}`);
  expect(said.stderr).toMatch(says);
  expect(said.stderr).toMatch(/fix: \S/);
  const { workloads } = await good.api.json<ListResult>({ method: 'GET', path: '/v1/workloads', query: { all: 'true' } });
  expect(workloads.map(({ name }) => name)).toEqual(['good']);
  expect(readdirSync(at('state', 'workloads'))).toEqual(['good']);
  expect(existsSync(at('state', 'run', 'bad'))).toBe(false);
  expect(home.processes('bad')).toEqual([]);
  expect((await good.now()).pid).toBe(pid);
}

function program(name: string, text: string, mode = 0o755): string {
  writeFileSync(at(name), text, { mode });
  chmodSync(at(name), mode);
  return at(name);
}

describe('a run is refused, and nothing is left behind,', () => {
  it.each([
    ['a program that is not there', ['cmd://no-such-program'], 'HF_COMMAND_NOT_FOUND', 1, /no-such-program/],
    ['an absolute path that is not there', ['cmd:///no/such/program'], 'HF_COMMAND_NOT_FOUND', 1, /\/no\/such\/program/],
    ['a folder in the place of a program', ['cmd:///usr'], 'HF_COMMAND_NOT_EXECUTABLE', 1, /\/usr/],
    [
      'a working directory that is not there',
      ['cmd://node', '--workdir', '/no/such/folder', '--', LIFE_SERVER],
      'HF_COMMAND_NOT_FOUND',
      1,
      /\/no\/such\/folder/,
    ],
    ['a name that is not allowed', ['cmd://node', '--name', 'No Way'], 'HF_BAD_NAME', 2, /No Way/],
    ['a reserved name', ['cmd://node', '--name', 'metrics'], 'HF_BAD_NAME', 2, /reserved/],
    ['a scheme that is not known', ['gopher://x'], 'HF_UNSUPPORTED', 2, /gopher/],
    ['an image that is to run as a process', ['some/image:latest', '--runtime', 'process'], 'HF_UNSUPPORTED', 2, /is an image/],
    ['a limit of a container for a process', ['cmd://node', '--memory', '64m'], 'HF_BAD_SPEC', 2, /--memory is for containers only/],
    ['a variable that this shell does not have', ['cmd://node', '-e', 'NO_SUCH_VARIABLE'], 'HF_USAGE', 2, /NO_SUCH_VARIABLE/],
    [
      'a restart policy that is not known',
      ['cmd://node', '--restart', 'sometimes'],
      'HF_USAGE',
      2,
      /always, unless-stopped, on-failure, never/,
    ],
    ['a duration that is none', ['cmd://node', '--restart-delays', '5s,soon'], 'HF_USAGE', 2, /soon/],
    ['a flag with a slip', ['cmd://node', '--restart-atempts', '3'], 'HF_USAGE', 2, /Did you mean --restart-attempts\?/],
  ] as const)('for %s', (_what, words, code, exit, says) => expectRefused(words, code, exit, says));

  it('for a file that may not be executed', async () => {
    await expectRefused([`cmd://${program('plain', '#!/bin/sh\n', 0o644)}`], 'HF_COMMAND_NOT_EXECUTABLE', 1, /chmod \+x/);
  });

  it('for a script whose interpreter is not there', async () => {
    await expectRefused([`cmd://${program('script', '#!/no/such/interpreter\n')}`], 'HF_COMMAND_NOT_FOUND', 1, /\/no\/such\/interpreter/);
  });

  it('for a server that dies at once, whose last words are shown', async () => {
    const words = program('dying', '#!/bin/sh\necho "first line" >&2\necho "cannot open the database" >&2\nexit 9\n');
    await expectRefused([`cmd://${words}`], 'HF_START_FAILED', 1, /exit 9[\s\S]*first line[\s\S]*cannot open the database/);
    await expectRefused([`cmd://${words}`, '--transport', 'streamable-http'], 'HF_START_FAILED', 1, /cannot open the database/);
  });

  it('for a program that prints how to use it, and ends', async () => {
    const words = program('usage', '#!/bin/sh\necho "usage: server FILE"\nexit 2\n');
    for (let round = 0; round < 5; round += 1)
      await expectRefused([`cmd://${words}`], 'HF_START_FAILED', 1, /exit 2[\s\S]*usage: server FILE/);
  });

  it('for a server that is killed by a signal before it is ready', async () => {
    const words = program('killed', '#!/bin/sh\necho "about to go" >&2\nkill -KILL $$\n');
    await expectRefused([`cmd://${words}`], 'HF_START_FAILED', 1, /SIGKILL[\s\S]*about to go/);
  });

  it('for a server that never answers', async () => {
    const words = program('silent', '#!/bin/sh\necho "thinking" >&2\nexec sleep 600\n');
    await expectRefused([`cmd://${words}`, '--timeout', '300ms', '--stop-timeout', '300ms'], 'HF_NOT_READY', 1, /thinking/);
  });

  it('for a file of variables with a bad line, which is named', async () => {
    writeFileSync(at('good.env'), 'A=1\n');
    writeFileSync(at('bad.env'), '# comment\nA=1\n\nthis is no variable\n');
    await expectRefused(['cmd://node', '--env-file', 'good.env', '--env-file', 'bad.env'], 'HF_ENV_FILE', 2, /bad\.env:4/);
    mkdirSync(at('envs'));
    writeFileSync(at('envs', 'x.env'), '=nameless\n');
    await expectRefused(['cmd://node', '--env-file-dir', 'envs'], 'HF_ENV_FILE', 2, /x\.env:1/);
  });

  it('for a name that is taken, whose owner is not touched', async () => {
    const said = await home.run('run', 'cmd://node', '--name', 'good', '--', LIFE_SERVER);
    expect(said.code).toBe(1);
    expect(said.stderr).toMatch(/HF_NAME_TAKEN/);
    expect(said.stderr).toMatch(/holdfast update good.*run --replace/);
    expect(good.boots()).toHaveLength(1);
  });
});

describe('a mistake in the words', () => {
  it.each([
    ['a command with a slip', ['strat', 'good'], 2, /Did you mean start\?/],
    ['a flag with a slip', ['ls', '--al'], 2, /Did you mean --all\?/],
    ['no workload where one is needed', ['stop'], 2, /Give its name/],
    ['a workload that is not there', ['stop', 'nobody'], 1, /HF_WORKLOAD_UNKNOWN/],
    ['names and --all together', ['stop', 'good', '--all'], 2, /cannot be given together/],
  ] as const)('%s has its exit code and says what to do', async (_what, words, exit, says) => {
    const said = await home.run(...words);
    expect([said.code, said.stdout]).toEqual([exit, '']);
    expect(said.stderr).toMatch(says);
    expect((await good.now()).lifecycle).toBe('running');
  });

  it('leaves exit code 0 to what succeeded', async () => {
    for (const words of [['ls'], ['status', 'good'], ['help'], ['version'], ['run', '--help']])
      expect((await home.run(...words)).code).toBe(0);
  });
});
