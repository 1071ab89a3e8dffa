import type { Row } from './row.ts';

const HEAD = ['benchmark', 'what', 'measured', 'promise', ''] as const;

/** The rows as aligned columns of text. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ benchmark, what, measured, promise, met }, index) => [
    rows[index - 1]?.benchmark === benchmark ? '' : benchmark,
    what,
    measured,
    promise ?? '',
    met === null ? '' : met ? 'met' : 'MISSED',
  ]);
  const lines = [[...HEAD], ...cells];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const text = (line: readonly string[]): string =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [text(HEAD), widths.map((width) => '-'.repeat(width)).join('  '), ...cells.map((line) => text(line))].join('\n');
}
