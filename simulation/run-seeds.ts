import { expect } from 'vitest';
import { type RunResult, runSeed } from './run-seed.ts';

/** Without a number of seeds from outside the runs end after so long, ms: on a busy machine fewer seeds are run, not longer. */
const TIME_MS = 40_000;
const DEFAULT_SEEDS = 2_500;
const DAY_MS = 86_400_000;
/** Test files that share the seeds, so that each core has one. */
const SHARES = 2;
/** Seeds past the usual number that broke a promise once. */
const FOUND = [2_714, 3_769, 5_501, 7_964, 8_316, 10_296, 12_036, 13_262, 16_687, 19_136, 27_150];

/**
 * Runs every seed of a share, and fails with what is needed to replay the first that breaks a promise.
 * `HOLDFAST_SIM_SEEDS` = how many in all, `HOLDFAST_SIM_FIRST` = the first, `HOLDFAST_SIM_SEED` = this one alone.
 * @param share from 0
 * @returns how many ran
 */
export async function runSeeds(share: number): Promise<number> {
  const asked = process.env['HOLDFAST_SIM_SEEDS'];
  const began = performance.now();
  let ran = 0;
  let simulatedMs = 0;
  for (const seed of seedsOf(share, Number(asked ?? DEFAULT_SEEDS))) {
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
  return ran;
}

function seedsOf(share: number, count: number): string[] {
  const one = process.env['HOLDFAST_SIM_SEED'];
  if (one !== undefined) return [one];
  const first = Number(process.env['HOLDFAST_SIM_FIRST'] ?? 1);
  return [...FOUND, ...Array.from({ length: count }, (_, index) => first + index)].filter((seed) => seed % SHARES === share).map(String);
}

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
