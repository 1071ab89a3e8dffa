import { describe, expect, it } from 'vitest';
import { type RunResult, runSeed } from './run-seed.ts';

/** Without a number of seeds from outside the runs end after so long, ms: on a busy machine fewer seeds are run, not longer. */
const TIME_MS = 80_000;
const DEFAULT_SEEDS = 2_500;
const DAY_MS = 86_400_000;

const asked = process.env['HOLDFAST_SIM_SEEDS'];
const one = process.env['HOLDFAST_SIM_SEED'];
const first = Number(process.env['HOLDFAST_SIM_FIRST'] ?? 1);

describe('the simulation', () => {
  it('keeps every promise, whatever goes wrong', { timeout: 3_600_000 }, async () => {
    const seeds = one === undefined ? Array.from({ length: Number(asked ?? DEFAULT_SEEDS) }, (_, index) => `${first + index}`) : [one];
    const began = performance.now();
    let ran = 0;
    let simulatedMs = 0;
    for (const seed of seeds) {
      const result = await runSeed(seed, { echo: process.env['HOLDFAST_SIM_TRACE'] !== undefined });
      ran += 1;
      simulatedMs += result.simulatedMs;
      if (result.violation) expect.fail(report(result));
      if (asked === undefined && performance.now() - began > TIME_MS) break;
      // Lets vitest breathe.
      if (ran % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const seconds = (performance.now() - began) / 1000;
    const days = simulatedMs / DAY_MS;
    process.stdout.write(
      `simulation: ${ran} seeds in ${seconds.toFixed(1)} s (${(ran / seconds).toFixed(1)} a second), ` +
        `${days.toFixed(1)} simulated days (${((days / seconds) * 60).toFixed(1)} a minute)\n`,
    );
    expect(ran).toBeGreaterThan(0);
  });
});

function report(result: RunResult): string {
  const { rule, detail } = result.violation ?? { rule: '', detail: '' };
  return [
    `seed ${result.seed} breaks the promise "${rule}": ${detail}`,
    `replay exactly this: HOLDFAST_SIM_SEED=${result.seed} npx vitest run --project simulation simulation/seeds.test.ts`,
    '(HOLDFAST_SIM_TRACE=1 shows all of it as it happens)',
    'the last events, in seconds of simulated time:',
    ...result.lastEvents,
  ].join('\n');
}
