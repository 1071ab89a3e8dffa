import { asHoldfastError } from '../../core/errors/holdfast-error.ts';
import type { Action } from '../../core/supervisor/action.ts';
import { delay, within } from '../bounded.ts';
import type { UnitEffects } from '../unit-effects.ts';
import { reportExit } from './take-backend.ts';

/** How long a restart that was asked for waits for answers that are under way. */
const DRAIN_MS = 5_000;
/** How long news of an exit may trail the end of the stop. */
const EXIT_NEWS_MS = 1_000;
const RETRY_MS = 5_000;

type Stop = Extract<Action, { kind: 'stop' }>;

/** Ends a generation, however long that takes: what cannot be ended now is tried again until it is dead. */
export async function stop(unit: UnitEffects, order: Stop): Promise<void> {
  const { host, backend } = unit;
  if (!backend || backend.generation !== order.generation) return;
  unit.handshaking?.abort();
  if (order.why === 'restart' && unit.unit === null) await drained(unit);
  for (let graceMs = order.graceMs; unit.backend === backend; graceMs = 0) {
    try {
      await backend.stop(graceMs);
      break;
    } catch (thrown) {
      const error = asHoldfastError(thrown);
      host.log.error('a server cannot be ended; it is tried again', { generation: order.generation, error: error.message });
      unit.post({ kind: 'stop-failed', generation: order.generation, error });
      await delay(host.clock, RETRY_MS);
    }
  }
  const observed = await within(host.clock, EXIT_NEWS_MS, backend.exited, null);
  if (!observed) await reportExit(unit, backend, { cause: 'unknown', exitCode: null, signal: null, oom: false });
}

async function drained(unit: UnitEffects): Promise<void> {
  const { gateway, spec, clock, log } = unit.host;
  try {
    await within(clock, DRAIN_MS, gateway.drain(spec.name, DRAIN_MS), undefined);
  } catch (error) {
    // A restart goes on whether or not the gateway could wait for it.
    log.warn('waiting for requests in flight failed', { error: String(error) });
  }
}
