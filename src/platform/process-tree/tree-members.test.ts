import { describe, expect, it } from 'vitest';
import type { MarkedProcess } from './process-table.ts';
import { treeMembers } from './tree-members.ts';

function row(pid: number, ppid: number, marker: string | null = null, more: Partial<MarkedProcess> = {}): MarkedProcess {
  return { pid, ppid, group: pid, session: pid, startTime: `t${pid}`, dead: false, marker, ...more };
}

function pids(table: MarkedProcess[], sessions: [number, string][] = [], self = 999): number[] {
  const members = treeMembers(table, { ours: (marker) => marker === 'mine', sessions: new Map(sessions), self });
  return members.map((entry) => entry.pid).toSorted((a, b) => a - b);
}

describe('treeMembers', () => {
  it('names marked processes wherever they hang', () => {
    expect(pids([row(10, 1, 'mine'), row(11, 1, 'mine'), row(12, 1)])).toEqual([10, 11]);
  });

  it('names descendants that hide their environment', () => {
    expect(pids([row(10, 1, 'mine'), row(11, 10), row(12, 11)])).toEqual([10, 11, 12]);
  });

  it('leaves processes with another marker alone, and what hangs below them', () => {
    expect(pids([row(10, 1, 'mine'), row(11, 10, 'theirs'), row(12, 11)])).toEqual([10]);
  });

  it('leaves Holdfast itself alone when one of its servers started it, but not a marked process below it', () => {
    expect(pids([row(10, 1, 'mine'), row(11, 10, 'mine'), row(12, 11), row(13, 12, 'mine')], [], 11)).toEqual([10, 13]);
  });

  it('names the orphans of a session whose leader is gone', () => {
    expect(pids([row(11, 1, null, { session: 10 }), row(12, 1)], [[10, 't10']])).toEqual([11]);
  });

  it('leaves a session alone whose number belongs to another leader now', () => {
    expect(pids([row(10, 1, null, { startTime: 'later' }), row(11, 10, null, { session: 10 })], [[10, 't10']])).toEqual([]);
  });

  it('names a leader and its descendants where the system shows no sessions', () => {
    expect(pids([row(10, 1, null, { session: 0 }), row(11, 10, null, { session: 0 })], [[10, 't10']])).toEqual([10, 11]);
  });

  it('does not name the dead, nor init', () => {
    expect(pids([row(1, 0, 'mine'), row(10, 1, 'mine', { dead: true }), row(11, 1, 'mine')])).toEqual([11]);
  });
});
