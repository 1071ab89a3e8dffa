import type { Backend } from '../../core/ports/runtime.ts';
import type { Incarnation } from '../../core/workload/incarnation.ts';
import type { WorkloadSpec } from '../../core/workload/spec.ts';
import { type BackendMarker, formatMarker, MARKER_VARIABLE, parseMarker } from './backend-marker.ts';
import type { LaunchSite } from './launch-site.ts';
import type { RunFolder } from './run-folder.ts';
import { deathOfAdopted, isAlive } from './server-death.ts';
import { httpBackend } from './start-http.ts';

/**
 * Takes over an HTTP server that an earlier Holdfast started: exactly that process, still alive, with our marker of that generation.
 * @param ours the marker that it must carry
 * @returns null when it is another process, is dead, or what is needed to serve it was lost
 */
export async function adoptHttp(
  spec: WorkloadSpec,
  incarnation: Extract<Incarnation, { runtime: 'process' }>,
  ours: BackendMarker,
  folder: RunFolder,
  site: LaunchSite,
): Promise<Backend | null> {
  const { table } = site;
  if (incarnation.bootId !== (await site.bootId())) return null;
  if (!(await isAlive(incarnation, table))) return null;
  const record = await folder.read();
  if (record === null || record.pid !== incarnation.pid || record.startTime !== incarnation.startTime) return null;
  // A process that hides or overwrites its environment is known by our own record of it; one that carries another marker is not ours.
  const marker = await table.variable(incarnation.pid, MARKER_VARIABLE);
  if (marker !== null && marker !== formatMarker(ours)) return null;
  const died = deathOfAdopted({ pid: incarnation.pid, startTime: incarnation.startTime, folder }, table, site.letGo);
  // Nobody bounded it meanwhile.
  await site.serverLog.trim();
  return httpBackend(spec, ours.generation, record, folder, formatMarker(ours), died, site);
}

/** The unit that a process runs for, as its marker says. */
export async function unitOf(pid: number, site: Pick<LaunchSite, 'table'>): Promise<string | null> {
  const marker = await site.table.variable(pid, MARKER_VARIABLE);
  return marker === null ? null : (parseMarker(marker)?.unit ?? null);
}
