import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { choose, pick } from './choose.ts';

const WORDS = ['cursor', 'vscode', 'zed'];

it.each([
  ['', []],
  ['  ', []],
  ['2', ['vscode']],
  ['3, 1', ['cursor', 'zed']],
  ['zed cursor zed', ['cursor', 'zed']],
  ['all', WORDS],
  ['1 all', WORDS],
])('takes %j for %j', (answer, words) => {
  expect(pick(answer, WORDS)).toEqual({ words });
});

it.each(['0', '4', '1-2', 'Cursor', '2 x'])('does not guess what %j means', (answer) => {
  expect(pick(answer, WORDS)).toHaveProperty('unknown');
});

const asked = (...typed: string[]): { stdin: PassThrough; stdout: PassThrough; signal: AbortSignal } => {
  const stdin = new PassThrough();
  for (const line of typed) stdin.write(`${line}\n`);
  return { stdin, stdout: new PassThrough(), signal: new AbortController().signal };
};
const question = { title: 'Which?', options: WORDS.map((word) => ({ word, text: word.toUpperCase() })) };

it('shows the options with their numbers, and asks again what it does not understand', async () => {
  const terminal = asked('nonsense', '2');
  expect(await choose(question, terminal)).toEqual(['vscode']);
  const shown = String(terminal.stdout.read());
  expect(shown).toContain('Which?\n  1  CURSOR  cursor\n  2  VSCODE  vscode\n  3  ZED  zed\n');
  expect(shown).toContain('"nonsense" is neither a number from 1 to 3 nor a name');
});

it('gives up after three answers that mean nothing', async () => {
  await expect(choose(question, asked('a', 'b', 'c', '1'))).rejects.toMatchObject({ code: 'HF_USAGE' });
});

it('takes the end of the input, and an interruption, for no choice', async () => {
  const ended = asked();
  ended.stdin.end();
  expect(await choose(question, ended)).toEqual([]);
  expect(await choose(question, { ...asked(), signal: AbortSignal.abort() })).toEqual([]);
});
