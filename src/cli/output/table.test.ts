import { describe, expect, it } from 'vitest';
import { facts } from './facts.ts';
import { table } from './table.ts';
import { relativeTime } from './time.ts';

describe('tables', () => {
  it('align their columns, without white space at the end', () => {
    expect(
      table(
        ['A', 'BB', 'C'],
        [
          ['1', '2', 'long text'],
          ['333', '', ''],
        ],
      ),
    ).toBe('A    BB  C\n1    2   long text\n333');
  });
});

describe('facts', () => {
  it('leave out what is empty and indent further lines', () => {
    expect(
      facts([
        ['A', '1'],
        ['Long', 'x\ny'],
        ['Empty', ''],
      ]),
    ).toBe('A:     1\nLong:  x\n       y');
  });
});

describe('relative times', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    ['2025-12-31T23:59:59.500Z', 'now'],
    ['2025-12-31T23:59:55Z', '5s ago'],
    ['2025-12-31T23:30:00Z', '30m ago'],
    ['2025-12-31T12:00:00Z', '12h ago'],
    ['2025-12-01T00:00:00Z', '31d ago'],
    ['2026-01-01T00:00:20Z', 'in 20s'],
    [null, '-'],
    ['nonsense', '-'],
  ])('%s: %s', (iso, text) => expect(relativeTime(iso, now)).toBe(text));
});
