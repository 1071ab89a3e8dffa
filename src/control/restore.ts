import { asHoldfastError } from '../core/errors/holdfast-error.ts';
import type { UnitState } from '../core/supervisor/unit.ts';
import { delay, within } from './bounded.ts';
import type { WorkloadLoop } from './workload-loop.ts';

/** How many workloads boot at a time after a start of the daemon. */
const WIDTH = 2;
/** A server that takes longer than this to boot makes room for the next. */
const TURN_MS = 2_000;
const OPEN_RETRY_MS = 1_000;

/** Opens the gateway for all (requests are held), lets what lives be adopted, and resolves; starts go on by themselves, a few at a time. */
export async function restore(loops: readonly WorkloadLoop[]): Promise<void> {
  await Promise.all(loops.map((loop) => open(loop)));
  void startInTurn(loops);
}

/** A port of its own that is taken does not keep a workload from being supervised: it is tried again. */
async function open(loop: WorkloadLoop): Promise<void> {
  try {
    await loop.open();
  } catch (error) {
    loop.log.error('the gateway cannot serve it yet; it is tried again', { error: asHoldfastError(error).message });
    void openLater(loop);
  }
  loop.main.post({ kind: 'tick' });
  if (loop.isolated) loop.sessions.serveWorkload();
}

async function openLater(loop: WorkloadLoop): Promise<void> {
  for (;;) {
    await delay(loop.clock, OPEN_RETRY_MS);
    if (!loop.live || loop.removing || loop.suspended) return;
    try {
      await loop.open();
      return;
    } catch (error) {
      loop.log.debug('the gateway still cannot serve it', { error: asHoldfastError(error).message });
    }
  }
}

async function startInTurn(loops: readonly WorkloadLoop[]): Promise<void> {
  const waiting = [...loops];
  const worker = async (): Promise<void> => {
    for (let loop = waiting.shift(); loop; loop = waiting.shift()) {
      const { main, operations, clock } = loop;
      if (!main.state.parked) continue;
      main.post({ kind: 'unparked' });
      await within(
        clock,
        TURN_MS,
        operations.settled(() => hasBooted(main.state)),
        undefined,
      );
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, worker));
}

/** It runs, or will not for a while. */
function hasBooted({ phase, want, verdict, dueAt }: UnitState): boolean {
  return phase === 'ready' || want !== 'running' || verdict !== null || dueAt !== null;
}
