import type { Splice } from '../editor.ts';
import { lineStart } from '../layout.ts';
import { lineBehind } from './document.ts';

/** Inserts lines where a line begins, or at the end of the text. A text without a line break at its end stays without. */
export function linesAt(text: string, offset: number, lines: readonly string[], eol: string): Splice[] {
  const block = lines.join(eol);
  const behind = offset > 0 && text[offset - 1] !== '\n';
  return [{ start: offset, end: offset, text: behind ? eol + block : block + eol }];
}

/** Takes out whole lines. Nothing is done where something else stands on the first of them. */
export function linesSplice(text: string, [start, end]: readonly [number, number]): Splice[] {
  const from = lineStart(text, start);
  if (text.slice(from, start).trim() !== '') return [];
  const behind = lineBehind(text, end);
  if (behind < text.length || text.endsWith('\n') || from === 0) return [{ start: from, end: behind, text: '' }];
  // The last line of a text without a line break at its end takes the one before it along.
  return [{ start: text[from - 2] === '\r' ? from - 2 : from - 1, end: behind, text: '' }];
}
