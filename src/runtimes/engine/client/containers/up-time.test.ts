import { describe, expect, it } from 'vitest';
import { upAtMost } from './up-time.ts';

describe('the time that a container is up', () => {
  it.each([
    ['Up Less than a second', 1_000],
    ['Up 1 second', 2_000],
    ['Up 5 seconds (healthy)', 6_000],
    ['Up About a minute', 120_000],
    ['Up 2 minutes (Paused)', 180_000],
    ['Up About an hour', 7_200_000],
    ['Up 3 days', 345_600_000],
    ['Exited (137) 5 seconds ago', null],
    ['Up', null],
    ['', null],
  ])('%s', (status, expected) => {
    expect(upAtMost(status)).toBe(expected);
  });
});
