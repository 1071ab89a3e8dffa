import { describe, expect, it } from 'vitest';
import { runSeeds } from './run-seeds.ts';

describe('the simulation', () => {
  it('keeps every promise, whatever goes wrong', { timeout: 3_600_000 }, async () => {
    expect(await runSeeds(0)).toBeGreaterThan(0);
  });
});
