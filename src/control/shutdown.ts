import { DAEMON_STOPPED } from '../core/supervisor/status.ts';
import { mayLive } from '../core/supervisor/unit.ts';
import type { WorkloadStatus } from '../core/workload/status.ts';
import type { UnitLoop } from './unit-loop.ts';
import type { WorkloadLoop } from './workload-loop.ts';

/**
 * The daemon stops: what is desired stays as it is, so that the next daemon brings everything back.
 * @param keepBackends leave running what the next daemon can adopt (HTTP servers, and stdio servers where the runtime can attach again)
 */
export async function shutdown(loop: WorkloadLoop, keepBackends: boolean): Promise<void> {
  const { main, records, status, spec } = loop;
  loop.suspended = true;
  const kept = keepBackends && main.state.phase === 'ready' && isAdoptable(loop);
  // What is left running is no longer this daemon's business, from this moment on.
  if (kept && loop.sessions.idle) loop.end();
  const units = [...(kept ? [] : [main]), ...loop.sessions.loops()];
  const ended = units.filter((unit) => mayLive(unit.state));
  await Promise.all(units.map((unit) => endUnit(loop, unit)));
  if (ended.includes(main)) records.saveStatus(afterShutdown(status, loop.generation, loop.clock.now()), spec.name);
  await records.flush();
  loop.end();
}

function isAdoptable(loop: WorkloadLoop): boolean {
  const endpoint = loop.main.backend?.endpoint.kind;
  return endpoint === 'http' || (endpoint === 'stdio' && loop.runtime.capabilities.stdioReattach);
}

async function endUnit(loop: WorkloadLoop, unit: UnitLoop): Promise<void> {
  unit.post({ kind: 'stop-asked', graceMs: null });
  // A server that cannot be ended is left to the next daemon's sweep.
  await loop.operations.settled(() => unit.state.stuck !== null || (unit.state.phase === 'idle' && unit.state.swept));
}

/** The restart policy's memory and the last exit stay: this end was none of the server's doing. */
function afterShutdown(status: WorkloadStatus, generation: number, now: number): WorkloadStatus {
  return {
    ...status,
    lifecycle: 'stopped',
    health: 'unknown',
    reason: status.reason?.code === 'crash-looping' ? status.reason : { code: DAEMON_STOPPED, message: 'ended with the daemon' },
    generation,
    backend: null,
    updatedAt: now,
  };
}
