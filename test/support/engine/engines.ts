import { inject } from 'vitest';
import { type EngineAddress, type EngineKind, engineJson } from './api.ts';

export type { EngineAddress, EngineKind } from './api.ts';
export { engineOrSkip, whyNoEngine } from './availability.ts';
export { type PrivateEngine, startEngine } from './private-engine.ts';

/** The engines that tests run on. `HOLDFAST_ENGINES=docker`: only this one, for a run that must be short. */
export const ENGINE_KINDS: readonly EngineKind[] = (['docker', 'podman'] as const).filter(
  (kind) => process.env['HOLDFAST_ENGINES']?.split(',').includes(kind) ?? true,
);

/** From the first question to the answer of an engine that must start first, ms. */
const KEEPER_BOUND_MS = 60_000;

/**
 * The engine that this worker shares with the test files before and after: nobody may stop it, and what a file makes it removes.
 * At most one file uses it at a time.
 */
export function engineFor(kind: EngineKind): Promise<EngineAddress> {
  const worker = process.env['VITEST_POOL_ID'] ?? '0';
  const path = `/v1/engine?kind=${kind}&worker=${worker}`;
  return engineJson<EngineAddress>({ socket: inject('engineKeeper') }, { path, boundMs: KEEPER_BOUND_MS });
}
