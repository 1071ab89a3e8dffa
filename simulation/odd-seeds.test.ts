import { describe, it } from 'vitest';
import { runSeeds } from './run-seeds.ts';

describe('the simulation of odd seeds', () => {
  it('keeps every promise, whatever goes wrong', { timeout: 3_600_000 }, () => runSeeds(1));
});
