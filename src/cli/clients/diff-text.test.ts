import { expect, it } from 'vitest';
import { paintFor } from '../output/colour.ts';
import { diffText } from './diff-text.ts';

const plain = paintFor({ isTTY: false }, {});
const coloured = paintFor({ isTTY: true }, {});
const diff = '--- a.json\n+++ a.json\n@@ -1,2 +1,2 @@\n {\n-  "a": 1\n+  "a": 2\n';

it('prints the diffs of the files that change, as they are', () => {
  const changes = [
    { file: 'a.json', diff },
    { file: 'b.json', diff: '' },
  ];
  expect(diffText(changes, plain)).toBe(diff.trimEnd());
  expect(diffText([], plain)).toBe('');
});

it('has colours on a terminal', () => {
  const lines = diffText([{ file: 'a.json', diff }], coloured).split('\n');
  expect(lines.slice(-2)).toEqual(['\u001b[31m-  "a": 1\u001b[39m', '\u001b[32m+  "a": 2\u001b[39m']);
});

it('shows control bytes of a file, and does not send them to the terminal', () => {
  expect(diffText([{ file: 'a.json', diff: '+"\u001b]0;title\u0007"\n' }], plain)).toBe('+"\\x1b]0;title\\x07"');
});
