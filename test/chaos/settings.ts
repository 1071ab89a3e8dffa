import { randomInt } from 'node:crypto';

/** What a chaos run is made from. */
export interface ChaosSettings {
  /** The same seed gives the same faults, in the same order. */
  readonly seed: string;
  /** How long faults come, on each engine. */
  readonly seconds: number;
}

const SECONDS = 60;

/** Of `HOLDFAST_CHAOS_SEED` and `HOLDFAST_CHAOS_SECONDS`: a new seed and one minute where they are absent. @throws Error for no number of seconds */
export function chaosSettings(env: NodeJS.ProcessEnv = process.env): ChaosSettings {
  const seconds = Number(env['HOLDFAST_CHAOS_SECONDS'] ?? SECONDS);
  if (!Number.isFinite(seconds) || seconds < 1) throw new Error('HOLDFAST_CHAOS_SECONDS is not a number of seconds');
  return { seed: env['HOLDFAST_CHAOS_SEED'] ?? String(randomInt(2 ** 31)), seconds };
}

/** How a run is had again. */
export function replayCommand({ seed, seconds }: ChaosSettings): string {
  return `HOLDFAST_CHAOS_SEED=${seed} HOLDFAST_CHAOS_SECONDS=${seconds} npx vitest run --project chaos`;
}
