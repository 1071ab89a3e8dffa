import type { EventLog } from '../core/ports/event-log.ts';
import type { GatewayEvents } from '../core/ports/gateway.ts';
import type { WorkloadLoop } from './workload-loop.ts';

/** What the data plane reports, given to the loops that it concerns. Unknown names are ignored: they were removed meanwhile. */
export function createGatewayEvents(find: (name: string) => WorkloadLoop | undefined, events: EventLog): GatewayEvents {
  return {
    needBackend: (workload, unit) => find(workload)?.sessions.need(unit),
    releaseBackend: (workload, unit) => find(workload)?.sessions.release(unit),
    connectionLost(workload, unit, generation, why) {
      const loop = find(workload);
      const concerned = unit === null ? loop?.main : loop?.sessions.find(unit);
      concerned?.post({ kind: 'connection-lost', generation, why });
    },
    connectionDoubted(workload, unit, generation) {
      const loop = find(workload);
      const backend = (unit === null ? loop?.main : loop?.sessions.find(unit))?.backend;
      if (backend?.generation === generation) backend.doubt?.();
    },
    cutOff(workload, session, clientKey) {
      events.append({
        type: 'session.cut-off',
        workload,
        message: 'a client was cut off',
        data: { session, registered: clientKey !== null },
      });
    },
  };
}
