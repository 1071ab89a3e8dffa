import { describe, expect, it } from 'vitest';
import { type RunResult, runSeed } from './run-seed.ts';

const seedsToRun = Number(process.env['HOLDFAST_SIM_SEEDS'] ?? 200);
const one = process.env['HOLDFAST_SIM_SEED'];

describe('the simulation', () => {
  it('keeps every promise', { timeout: 3_600_000 }, async () => {
    const seeds = one === undefined ? Array.from({ length: seedsToRun }, (_, index) => `${index + 1}`) : [one];
    const began = performance.now();
    let simulatedMs = 0;
    for (const seed of seeds) {
      const result = await runSeed(seed, { echo: process.env['HOLDFAST_SIM_TRACE'] !== undefined });
      simulatedMs += result.simulatedMs;
      expect(result.violation === null ? '' : report(result)).toBe('');
      await new Promise((resolve) => setImmediate(resolve));
    }
    const seconds = (performance.now() - began) / 1000;
    process.stdout.write(`${seeds.length} seeds, ${(simulatedMs / 86_400_000).toFixed(1)} simulated days in ${seconds.toFixed(1)} s\n`);
  });
});

function report(result: RunResult): string {
  return [
    `seed ${result.seed} breaks the promise "${String(result.violation?.rule)}": ${String(result.violation?.detail)}`,
    `replay it with: HOLDFAST_SIM_SEED=${result.seed} npx vitest run --project simulation simulation/seeds.test.ts`,
    ...result.lastEvents,
  ].join('\n');
}
