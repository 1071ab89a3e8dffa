import { asHoldfastError } from '../../core/errors/holdfast-error.ts';
import { within } from '../bounded.ts';
import type { UnitEffects } from '../unit-effects.ts';
import { takeBackend } from './take-backend.ts';

/** A file of an AI client that is slow to be written delays no start for longer than this, ms. */
const OUTSIDE_MS = 250;

/** Kills what is left of obsolete generations, then starts the new one, when its turn has come. */
export async function start(unit: UnitEffects, generation: number): Promise<void> {
  const { host } = unit;
  const controller = new AbortController();
  unit.starting = controller;
  host.living.add(generation);
  try {
    const outside = host.beforeRestart();
    if (outside) await within(host.clock, OUTSIDE_MS, outside, undefined);
    const { spec } = host;
    const backend = await host.lane.run(controller.signal, async () => {
      await host.runtime.sweep(spec, host.living);
      return host.runtime.start({ spec, generation, unit: unit.unit, signal: controller.signal });
    });
    takeBackend(unit, backend, { startedAt: host.clock.now(), readyAt: null, handshake: null }, 'started');
  } catch (error) {
    host.living.delete(generation);
    unit.post({ kind: 'start-failed', generation, error: asHoldfastError(error) });
  } finally {
    if (unit.starting === controller) unit.starting = null;
  }
}
