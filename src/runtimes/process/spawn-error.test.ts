import { expect, it } from 'vitest';
import { spawnError } from './spawn-error.ts';

it.each([
  ['EAGAIN', 'HF_SPAWN_FAILED'],
  ['ENOMEM', 'HF_SPAWN_FAILED'],
  ['EMFILE', 'HF_SPAWN_FAILED'],
  ['ENFILE', 'HF_SPAWN_FAILED'],
  ['ENOENT', 'HF_COMMAND_NOT_FOUND'],
  ['EACCES', 'HF_COMMAND_NOT_EXECUTABLE'],
  ['ENOEXEC', 'HF_COMMAND_NOT_EXECUTABLE'],
  ['E2BIG', 'HF_BAD_SPEC'],
])('%s is %s', (errno, code) => {
  const cause = Object.assign(new Error('spawn'), { code: errno });
  const error = spawnError('/bin/x', cause);
  expect([error.code, error.cause]).toEqual([code, cause]);
  expect(error.message).toContain('/bin/x');
});
