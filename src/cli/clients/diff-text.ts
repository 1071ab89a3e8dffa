import type { Paint } from '../output/colour.ts';
import { plainText } from '../output/terminal-text.ts';

interface FileDiff {
  readonly file: string;
  readonly diff: string;
}

/** Unified diffs of files, as they are; additions and removals in colours on a terminal. Empty where nothing changes. */
export function diffText(changes: readonly FileDiff[], paint: Paint): string {
  return changes
    .filter(({ diff }) => diff !== '')
    .map(({ diff }) =>
      diff
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => painted(plainText(line), paint))
        .join('\n'),
    )
    .join('\n');
}

/** What is a header and what a removed line with two dashes more is told by what stands around it, so that only colours can go wrong. */
function painted(line: string, paint: Paint): string {
  if (line.startsWith('--- ') || line.startsWith('+++ ')) return paint('bold', line);
  if (line.startsWith('@@')) return paint('cyan', line);
  if (line.startsWith('+')) return paint('green', line);
  return line.startsWith('-') ? paint('red', line) : line;
}
