import { describe, expect, it } from 'vitest';
import { keyedUrl, maskKeys } from './keyed-url.ts';
import { cutOff, edited, givenUp, looked, noRefresh, type RefreshState, workloadChanged } from './refresh.ts';
import type { WorkloadFacts } from './workload-facts.ts';

const up: WorkloadFacts = { name: 'a', group: 'default', refresh: 'auto', url: 'http://h/a/mcp', phase: 'up', generation: 1 };
const watcher = { watchesFile: true } as const;
const none = { refresh: null };
const always = { refresh: 'always' } as const;
const outSince = ({ refreshes }: RefreshState): number | null | undefined => {
  const refresh = refreshes.get('a');
  return refresh === undefined ? undefined : refresh.outSince;
};

describe('a refresh', () => {
  it.each([
    ['a crash', { ...up, phase: 'coming' } as const],
    ['another server in its place at once', { ...up, generation: 2 }],
  ])('begins with %s under `always`', (_what, after) => {
    expect(outSince(workloadChanged(noRefresh, { before: up, after }, watcher, always))).toBeNull();
    expect(workloadChanged(noRefresh, { before: up, after }, watcher, none)).toBe(noRefresh);
  });

  it('begins with a client that is cut off, but not while it is only just back', () => {
    const cut = cutOff(noRefresh, up, watcher, none, 0);
    expect(outSince(cut)).toBeNull();
    const out = edited(cut, { written: [], removed: ['a'] }, 1_000);
    expect(outSince(out)).toBe(1_000);
    expect(cutOff(out, up, watcher, none, 1_500)).toBe(out);
    const back = edited(out, { written: ['a'], removed: [] }, 3_000);
    expect(outSince(back)).toBeUndefined();
    expect(cutOff(back, up, watcher, none, 12_999)).toBe(back);
    expect(outSince(cutOff(back, up, watcher, none, 13_000))).toBeNull();
    expect(cutOff(noRefresh, { ...up, phase: 'resting' }, watcher, none, 0)).toBe(noRefresh);
  });

  it('does not begin where the entry is not ours to take out, and is no refresh where it was out already', () => {
    const cut = cutOff(noRefresh, up, watcher, none, 0);
    expect(outSince(looked(cut, new Map([['a', 'taken-out']]), 5))).toBeUndefined();
    expect(outSince(looked(cut, new Map([['a', 'changed']]), 5))).toBeUndefined();
    expect(outSince(looked(cut, new Map(), 5))).toBe(5);
    expect(outSince(looked(cut, new Map([['a', 'written']]), 5))).toBeNull();
  });

  it('ends with the workload, with its give-up, and where the file cannot be edited', () => {
    const cut = cutOff(noRefresh, up, watcher, none, 0);
    expect(outSince(workloadChanged(cut, { before: up, after: null }, watcher, none))).toBeUndefined();
    expect(outSince(workloadChanged(cut, { before: up, after: { ...up, phase: 'resting' } }, watcher, none))).toBeUndefined();
    expect(outSince(givenUp(cut))).toBeUndefined();
    const out = edited(cut, { written: [], removed: ['a'] }, 1_000);
    expect(outSince(givenUp(out))).toBe(1_000);
  });
});

describe('the URL of a client', () => {
  const key = '0123456789abcdef0123456789abcdef';
  it('has its key, which text for people has not', () => {
    const url = keyedUrl('http://127.0.0.1:7420/memory/mcp', key);
    expect(url).toBe(`http://127.0.0.1:7420/k/${key}/memory/mcp`);
    expect(maskKeys(`+ "url": "${url}", "${url}"`)).toBe(
      '+ "url": "http://127.0.0.1:7420/k/••••/memory/mcp", "http://127.0.0.1:7420/k/••••/memory/mcp"',
    );
  });
});
