import { expect, it } from 'vitest';
import { Outages } from './outages.ts';

it('knows when the engine was away', () => {
  const outages = new Outages();
  expect(outages.since).toBeNull();
  expect(outages.end(5)).toBeNull();
  outages.begin(10);
  outages.begin(12);
  expect([outages.since, outages.covers(9), outages.covers(10), outages.covers(99)]).toEqual([10, false, true, true]);
  expect(outages.end(20)).toBe(10);
  expect([9, 10, 20, 21].map((at) => outages.covers(at))).toEqual([false, true, true, false]);
});

it('forgets the oldest of very many', () => {
  const outages = new Outages();
  for (let at = 0; at < 100; at += 1) {
    outages.begin(at * 10);
    outages.end(at * 10 + 1);
  }
  expect([outages.covers(0), outages.covers(990)]).toEqual([false, true]);
});
