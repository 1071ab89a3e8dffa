/** How a text is laid out, so that what is added looks like the rest. */
export interface Layout {
  readonly eol: '\n' | '\r\n';
  /** One level of indentation. */
  readonly unit: string;
  /** Whether the whole document stands on one line. */
  readonly oneLine: boolean;
}

/** Reads the layout: line ends from the first line, the unit from the first line that is indented. */
export function layoutOf(text: string): Layout {
  const firstBreak = text.indexOf('\n');
  const unit = /^(\t| {1,8})(?=\S)/m.exec(text)?.[1] ?? '  ';
  return {
    eol: firstBreak > 0 && text[firstBreak - 1] === '\r' ? '\r\n' : '\n',
    unit,
    oneLine: !text.trim().includes('\n'),
  };
}

/** Where the line of an offset begins. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where the line of an offset ends, before its line break. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end < 0) return text.length;
  return end > offset && text[end - 1] === '\r' ? end - 1 : end;
}

/** Where the next line begins; the end of the text where there is none. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

/** The blanks at the beginning of the line of an offset. */
export function indentation(text: string, offset: number): string {
  return /[ \t]*/y.exec(text.slice(lineStart(text, offset), offset))?.[0] ?? '';
}

/** Where the run of white space before an offset begins, at `from` at the earliest. */
export function blankBefore(text: string, offset: number, from: number): number {
  let start = offset;
  while (start > from && /\s/.test(text[start - 1] ?? '')) start -= 1;
  return start;
}
