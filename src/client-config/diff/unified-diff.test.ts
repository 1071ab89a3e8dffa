import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unifiedDiff } from './unified-diff.ts';

describe('a unified diff', () => {
  it('is empty for equal texts', () => expect(unifiedDiff('f', 'a\n', 'a\n')).toBe(''));

  it('shows what was added with its context', () => {
    expect(unifiedDiff('f', '1\n2\n3\n4\n5\n', '1\n2\n3\nx\n4\n5\n')).toBe('--- f\n+++ f\n@@ -1,5 +1,6 @@\n 1\n 2\n 3\n+x\n 4\n 5\n');
  });

  it('says where the line break at the end is missing', () => {
    expect(unifiedDiff('f', '', 'a')).toBe('--- f\n+++ f\n@@ -0,0 +1,1 @@\n+a\n\\ No newline at end of file\n');
  });

  it('is what patch makes the second text of', () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-diff-'));
    const line = fc.constantFrom('a\n', 'b\n', 'c\r\n', '\n', '{\n');
    const text = fc.tuple(fc.array(line, { maxLength: 25 }), fc.constantFrom('', '', 'end')).map(([lines, end]) => lines.join('') + end);
    const file = join(folder, 'f');
    try {
      fc.assert(
        fc.property(text, text, (before, after) => {
          fc.pre(before !== after && before !== '' && after !== '');
          writeFileSync(file, before);
          execFileSync('git', ['apply', '--unsafe-paths', '--whitespace=nowarn', `--directory=${folder}`, '-'], {
            cwd: folder,
            input: unifiedDiff('x', before, after).replace('--- x', '--- a/f').replace('+++ x', '+++ b/f'),
            env: { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir() },
          });
          expect(readFileSync(file, 'utf8')).toBe(after);
        }),
        { numRuns: 40 },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
