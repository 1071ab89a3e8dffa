import type { Splice } from './editor.ts';
import { blankBefore, indentation, type Layout, lineEnd } from './layout.ts';

/** Items between brackets with commas between them: a JSON object, an array or inline table of TOML, a flow collection of YAML. */
export interface CommaList {
  readonly text: string;
  /** Just behind the opening bracket. */
  readonly open: number;
  /** At the closing bracket. */
  readonly close: number;
  readonly items: readonly { readonly start: number; readonly end: number }[];
  /** How a comment begins. */
  readonly comments: 'slashes' | 'hash';
  /** TOML 1.0: an inline table must stay on one line. */
  readonly singleLine?: boolean;
}

/**
 * Appends an item. Where the last item has a comma behind it, so has the new one; comments stay where they are.
 * @param render gives the item's text for the indentation of its first line, or for one line where that is null
 */
export function appendItem(list: CommaList, layout: Layout, render: (indent: string | null) => string): Splice[] {
  const { text, open, close, items } = list;
  const end = blankBefore(text, close, open);
  const last = items.at(-1);
  if (last === undefined && end === open) return fillEmpty(list, layout, render);
  const comma = last === undefined ? undefined : commaAfter(list, last.end);
  const first = items[0]?.start ?? end;
  const ownLine = text.slice(open, first).includes('\n') || endsInLineComment(list, last?.end ?? open, end);
  const own = last !== undefined && /^\s*$/.test(text.slice(text.lastIndexOf('\n', last.start - 1) + 1, last.start));
  const indent = own ? indentation(text, last.start) : indentation(text, close) + layout.unit;
  const lead = ownLine && list.singleLine !== true ? layout.eol + indent : ' ';
  const item = render(lead === ' ' ? null : indent);
  return [
    ...(last !== undefined && comma === undefined ? [{ start: last.end, end: last.end, text: ',' }] : []),
    { start: end, end, text: lead + item + (comma === undefined ? '' : ',') },
  ];
}

function fillEmpty({ text, open, close, singleLine }: CommaList, layout: Layout, render: (indent: string | null) => string): Splice[] {
  const closing = indentation(text, close);
  const indent = closing + layout.unit;
  // What is between the brackets stays, so that taking the item out again leaves it.
  if (text.slice(open, close).includes('\n')) return [{ start: open, end: open, text: layout.eol + indent + render(indent) }];
  if (layout.oneLine || singleLine === true) return [{ start: open, end: open, text: text.slice(open, close) + render(null) }];
  return [{ start: open, end: close, text: layout.eol + indent + render(indent) + layout.eol + closing }];
}

/** Takes an item out, with one comma and, where it stands alone on its lines, with these. */
export function removeItem(list: CommaList, index: number): Splice[] {
  const { text, open, items } = list;
  const item = items[index];
  if (item === undefined) return [];
  const previous = items[index - 1];
  const comma = commaAfter(list, item.end);
  const blank = blankBefore(text, item.start, open);
  const lead = text.slice(blank, item.start).includes('\n') ? lineBreakBefore(text, item.start) : blank;
  if (comma !== undefined) {
    const alone = lead < item.start && /[\r\n]/.test(text[lead] ?? '') && /^[ \t]*$/.test(text.slice(comma + 1, lineEnd(text, comma)));
    if (alone || (items[index + 1] === undefined && !followedOnLine(text, comma + 1, list))) {
      return [{ start: lead, end: comma + 1, text: '' }];
    }
    const behind = /[ \t]*/y.exec(text.slice(comma + 1))?.[0].length ?? 0;
    return [{ start: item.start, end: comma + 1 + behind, text: '' }];
  }
  const before = previous === undefined ? undefined : commaAfter(list, previous.end);
  // A line comment before the item would swallow what follows it on its line.
  const swallows = endsInLineComment(list, previous?.end ?? open, blank) && followedOnLine(text, item.end, list, true);
  const removal = { start: swallows ? item.start : lead, end: item.end, text: '' };
  return before === undefined ? [removal] : [{ start: before, end: before + 1, text: '' }, removal];
}

/** Takes out what is between brackets that hold no item and no comment. */
export function collapse({ text, open, close }: CommaList): Splice[] {
  return /^\s+$/.test(text.slice(open, close)) ? [{ start: open, end: close, text: '' }] : [];
}

function lineBreakBefore(text: string, offset: number): number {
  const at = text.lastIndexOf('\n', offset - 1);
  return at > 0 && text[at - 1] === '\r' ? at - 1 : at;
}

/** Whether something but blanks follows on the line; the closing bracket counts only where `bracket` is set. */
function followedOnLine(text: string, offset: number, { close }: CommaList, bracket = false): boolean {
  const end = lineEnd(text, offset);
  const rest = text.slice(offset, end);
  return (bracket ? rest : rest.slice(0, Math.max(0, close - offset))).trim() !== '';
}

/** Offset of the comma behind an item, comments passed over. */
function commaAfter(list: CommaList, offset: number): number | undefined {
  let at = offset;
  while (at < list.close) {
    if (list.text[at] === ',') return at;
    const comment = commentAt(list, at);
    at = comment === undefined ? at + 1 : comment.end;
  }
  return undefined;
}

function endsInLineComment(list: CommaList, from: number, end: number): boolean {
  let at = from;
  while (at < end) {
    const comment = commentAt(list, at);
    if (comment !== undefined && comment.end >= end) return comment.line;
    at = comment === undefined ? at + 1 : comment.end;
  }
  return false;
}

function commentAt({ text, comments }: CommaList, at: number): { readonly end: number; readonly line: boolean } | undefined {
  if (comments === 'hash') return text[at] === '#' ? { end: lineEnd(text, at), line: true } : undefined;
  if (text.startsWith('//', at)) return { end: lineEnd(text, at), line: true };
  if (!text.startsWith('/*', at)) return undefined;
  const end = text.indexOf('*/', at + 2);
  return { end: end < 0 ? text.length : end + 2, line: false };
}
