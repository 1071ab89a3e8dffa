import { expect, it } from 'vitest';
import { Outages } from './outages.ts';

it('knows when the engine was away, and shortly before that was known', () => {
  const outages = new Outages();
  expect(outages.since).toBeNull();
  expect(outages.end(5)).toBeNull();
  outages.begin(10_000);
  outages.begin(12_000);
  expect([outages.since, outages.covers(7_999), outages.covers(8_000), outages.covers(99_000)]).toEqual([10_000, false, true, true]);
  expect(outages.end(20_000)).toBe(10_000);
  expect([7_999, 8_000, 20_000, 20_001].map((at) => outages.covers(at))).toEqual([false, true, true, false]);
});

it('forgets the oldest of very many', () => {
  const outages = new Outages();
  for (let at = 0; at < 100; at += 1) {
    outages.begin(at * 10_000);
    outages.end(at * 10_000 + 1);
  }
  expect([outages.covers(0), outages.covers(990_000)]).toEqual([false, true]);
});
