import type { Backend, ObservedExit } from '../../core/ports/runtime.ts';
import type { BackendRecord } from '../../core/workload/status.ts';
import { within } from '../bounded.ts';
import type { UnitEffects } from '../unit-effects.ts';

/** The gateway waits for these lines to answer what was in flight: better few than late. */
const LAST_LINES_MS = 100;
/** Nothing is in flight on a server that never was ready, and its last words are all that there is to say why. */
const FIRST_LINES_MS = 2_000;
/** What `status` shows of a dead server, whatever errors may carry. */
const STATUS_LINES = 10;

/** Watches over a backend that was started or adopted, and says so. */
export function takeBackend(
  unit: UnitEffects,
  backend: Backend,
  record: Pick<BackendRecord, 'startedAt' | 'readyAt' | 'handshake'>,
  how: 'started' | 'adopted',
): void {
  unit.backend = backend;
  const url = backend.endpoint.kind === 'http' ? backend.endpoint.url : null;
  const { incarnation, generation } = backend;
  const { startedAt, readyAt, handshake } = record;
  const taken = { incarnation, generation, url, startedAt, readyAt, handshake };
  if (how === 'started') unit.post({ kind: 'started', backend: taken, byOther: backend.startedByOther === true });
  else unit.post({ kind: 'adopted', backend: taken });
  backend.observe?.((condition) => unit.post({ kind: 'condition', generation, condition }));
  void backend.exited.then((observed) => reportExit(unit, backend, observed));
}

/** Says that a backend is dead, with its last lines where they can be had quickly. Saying it twice does no harm. */
export async function reportExit(unit: UnitEffects, backend: Backend, observed: ObservedExit): Promise<void> {
  const { host } = unit;
  const endedAt = host.clock.now();
  // Late news of a generation that was given up long ago must not end the handshake of its successor.
  if (unit.backend === backend) unit.handshaking?.abort();
  const lastLines = await lastLinesOf(unit, backend);
  host.living.delete(backend.generation);
  if (unit.backend !== backend) return;
  unit.backend = null;
  const record = unit.state.backend;
  unit.post({
    kind: 'exited',
    exit: {
      ...observed,
      generation: backend.generation,
      startedAt: record?.startedAt ?? endedAt,
      readyAt: record?.readyAt ?? null,
      endedAt,
      lastLines,
    },
  });
}

async function lastLinesOf(unit: UnitEffects, backend: Backend): Promise<readonly string[]> {
  const { clock, spec, log } = unit.host;
  const neverReady = unit.state.readySince === null;
  const boundMs = neverReady ? FIRST_LINES_MS : LAST_LINES_MS;
  try {
    return await within(clock, boundMs, backend.lastLines(Math.max(spec.errorLogLines, STATUS_LINES), neverReady), []);
  } catch (error) {
    // An unreadable log must not keep an exit from being seen.
    log.debug('the last lines of a dead server cannot be read', { generation: backend.generation, error: String(error) });
    return [];
  }
}
