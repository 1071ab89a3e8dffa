import { expect, it } from 'vitest';
import { pick } from './choose.ts';

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
