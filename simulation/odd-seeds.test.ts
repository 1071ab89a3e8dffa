import { describe, expect, it } from 'vitest';
import { runSeeds } from './run-seeds.ts';

describe('the simulation of odd seeds', () => {
  it('keeps every promise, whatever goes wrong', { timeout: 3_600_000 }, async () => {
    expect(await runSeeds(1)).toBeGreaterThan(0);
  });
});
