import type { Splice } from '../editor.ts';
import { lineEnd, lineStart, nextLine } from '../layout.ts';
import { beginsWith, type Step, type TomlDocument } from './document.ts';

/** What to append to a text for a table: always one empty line before it, and a line break behind it where the text ends in one. */
export function blockOf(text: string, lines: readonly string[], eol: string): string {
  if (text === '') return lines.join(eol) + eol;
  return text.endsWith('\n') ? eol + lines.join(eol) + eol : eol + eol + lines.join(eol);
}

/** How to take out all tables and pairs below a path, each with its lines. Comments behind the last pair of a table stay. */
export function blockSplices({ text, tables, pairs }: TomlDocument, path: readonly Step[]): Splice[] {
  const splices: Splice[] = [];
  const covered = new Set<object>();
  for (const { path: at, node } of tables) {
    if (!beginsWith(at, path)) continue;
    for (const inner of node.body) covered.add(inner);
    const end = Math.max(text.indexOf(']', node.key.range[1]) + 1, ...node.body.map(({ range }) => range[1]));
    splices.push(wholeLines(text, node.range[0], end, true));
  }
  for (const { path: at, node } of pairs) {
    if (!beginsWith(at, path) || covered.has(node) || node.parent.type === 'TOMLInlineTable') continue;
    splices.push(wholeLines(text, node.range[0], node.range[1], false));
  }
  return withoutOverlap(splices);
}

/** How to take out one pair with its line. */
export function lineSplice(text: string, start: number, end: number): Splice {
  return wholeLines(text, start, end, false);
}

/** @param gap also the empty line before, which a table of ours brought along */
function wholeLines(text: string, start: number, end: number, gap: boolean): Splice {
  const from = lineStart(text, start);
  const before = lineStart(text, Math.max(0, from - 1));
  const emptyBefore = gap && from > 0 && text.slice(before, from).trim() === '';
  const first = emptyBefore ? before : from;
  const next = nextLine(text, end);
  if (lineEnd(text, end) < text.length || first === 0) return { start: first, end: next, text: '' };
  // The last line of a text without a line break at its end takes the one before it along.
  const broken = text[first - 2] === '\r' ? first - 2 : first - 1;
  return { start: broken, end: text.length, text: '' };
}

function withoutOverlap(splices: readonly Splice[]): Splice[] {
  const result: Splice[] = [];
  for (const splice of splices.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last !== undefined && splice.start < last.end) result[result.length - 1] = { ...last, end: Math.max(last.end, splice.end) };
    else result.push(splice);
  }
  return result;
}
