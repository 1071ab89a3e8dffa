import type { WorkloadSpec } from '../../../core/workload/spec.ts';
import type { ContainerSummary } from '../client/containers/container-state.ts';
import { engineFailureOf } from './container-errors.ts';
import { releaseNetwork } from './create-container.ts';
import type { EngineSite } from './engine-site.ts';
import { LABEL, ownerOf } from './labels.ts';
import { removeContainer } from './remove-container.ts';

type WorkloadName = { readonly id: string; readonly name: string };

/** A session's container that has not run for so long belongs to nobody, ms. */
const OVER_MS = 600_000;

/**
 * Ends what runs of a workload, beside what this daemon watches over, and removes the containers of sessions that are over; what becomes of
 * its own is watched from then on.
 * @returns how many were found. @throws HF_RUNTIME_UNAVAILABLE
 */
export async function stopLeftovers(site: EngineSite, workload: Pick<WorkloadSpec, 'id' | 'name' | 'stopTimeoutMs'>): Promise<number> {
  let found = 0;
  for (const summary of await containersOf(site, workload)) {
    const owner = ownerOf(summary.labels);
    const known = site.known.byId(summary.id);
    if (known?.run || known?.busy) continue;
    const runs = isUp(summary);
    if (runs) found += 1;
    await about(workload, async () => {
      if ((owner?.unit ?? null) !== null) return removeContainer(site, summary.id);
      if (runs) await site.client.containers.stop(summary.id, workload.stopTimeoutMs);
      if (!known) await remember(site, workload, summary.id);
    });
  }
  return found;
}

/** What happens to the container of a workload at rest is news, too: somebody else may start it, or remove it. */
async function remember(site: EngineSite, workload: WorkloadName, containerId: string): Promise<void> {
  const { id: engineId } = await site.facts.get(workload.name);
  const state = await site.client.containers.inspect(containerId);
  if (state === null || site.known.of(workload.id, null)) return;
  const known = site.known.remember({ workloadId: workload.id, workload: workload.name, unit: null, containerId, engineId });
  known.startedAt = state.startedAt;
}

/** Removes the containers of sessions that are over; the workload's own is left to its next start. @returns how many. @throws HF_RUNTIME_UNAVAILABLE */
export async function removeSessionLeftovers(site: EngineSite, workload: WorkloadName): Promise<number> {
  let found = 0;
  for (const { id, labels } of await containersOf(site, workload)) {
    if ((ownerOf(labels)?.unit ?? null) === null) continue;
    const known = site.known.byId(id);
    if (known && (known.run || known.busy || isRecent(site, known.endedAt))) continue;
    found += 1;
    await about(workload, () => removeContainer(site, id));
  }
  return found;
}

/**
 * Removes everything that the engine has of a workload.
 * @param neverReady also the volumes that were made for it. @throws HF_RUNTIME_UNAVAILABLE: it is to be tried again
 */
export async function forgetWorkload(site: EngineSite, spec: WorkloadSpec, neverReady: boolean): Promise<void> {
  await site.facts.of(spec);
  for (const { id } of await containersOf(site, spec)) await about(spec, () => removeContainer(site, id));
  await about(spec, () => site.volumes.settle(spec.id, neverReady));
  for (const known of site.known.ofWorkload(spec.id)) site.known.forget(known);
  await releaseNetwork(site);
}

/** Removes what belongs to no workload: its state was damaged or deleted by hand. @returns how many containers */
export async function removeStrangers(
  site: EngineSite,
  listed: readonly ContainerSummary[],
  isKnown: (workloadId: string) => boolean,
): Promise<number> {
  const strange = listed.filter(({ labels }) => !isKnown(ownerOf(labels)?.workloadId ?? ''));
  for (const { id, names } of strange) {
    site.log.warn('a container of an unknown workload is removed', { container: names[0] ?? id });
    await removeContainer(site, id);
  }
  if (strange.length > 0) await releaseNetwork(site);
  return strange.length;
}

function containersOf(site: EngineSite, workload: WorkloadName): Promise<ContainerSummary[]> {
  return about(workload, () => site.client.containers.list({ [LABEL.instance]: site.instance, [LABEL.workloadId]: workload.id }));
}

async function about<T>(workload: WorkloadName, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw engineFailureOf(error, workload.name);
  }
}

function isUp({ status }: ContainerSummary): boolean {
  return status === 'running' || status === 'paused' || status === 'restarting';
}

function isRecent(site: EngineSite, endedAt: number | null): boolean {
  return endedAt === null || site.clock.monotonic() - endedAt < OVER_MS;
}
