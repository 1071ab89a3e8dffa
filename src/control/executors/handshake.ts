import { asHoldfastError, HoldfastError } from '../../core/errors/holdfast-error.ts';
import { within } from '../bounded.ts';
import type { UnitEffects } from '../unit-effects.ts';

/** A handshake that breaks off is often the first sign of a death: its exit says more than the broken pipe. */
const EXIT_NEWS_MS = 500;

/** Lets the gateway handshake a generation; it has the spec's ready timeout for that. */
export async function handshake(unit: UnitEffects, generation: number, adopted: boolean): Promise<void> {
  const { host, backend } = unit;
  if (!backend || backend.generation !== generation) return;
  const controller = new AbortController();
  unit.handshaking = controller;
  const { name, readyTimeoutMs } = host.spec;
  let late = false;
  const disarm = host.clock.after(readyTimeoutMs, () => {
    late = true;
    // Said here, so that a gateway that does not heed the signal delays nothing.
    unit.post({ kind: 'not-ready', generation, error: notReady(name, readyTimeoutMs) });
    controller.abort();
  });
  try {
    const known = adopted ? (unit.state.backend?.handshake ?? null) : null;
    const options = { adopted, handshake: known, signal: controller.signal };
    const { result } = await host.gateway.attach(name, unit.unit, generation, backend.endpoint, options);
    unit.post({ kind: 'ready', generation, handshake: result });
  } catch (error) {
    if (late) return;
    await within(host.clock, EXIT_NEWS_MS, backend.exited, null);
    // Where it has died, this comes too late or too early to count: the exit is what is told.
    if (!controller.signal.aborted) unit.post({ kind: 'not-ready', generation, error: asHoldfastError(error) });
  } finally {
    disarm();
    if (unit.handshaking === controller) unit.handshaking = null;
  }
}

function notReady(name: string, timeoutMs: number): HoldfastError {
  return new HoldfastError('HF_NOT_READY', { what: `The server of ${name} was not ready after ${timeoutMs / 1_000} s` });
}
