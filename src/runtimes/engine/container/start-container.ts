import { HoldfastError } from '../../../core/errors/holdfast-error.ts';
import type { Backend, StartOrder } from '../../../core/ports/runtime.ts';
import type { WorkloadSpec } from '../../../core/workload/spec.ts';
import type { ContainerState } from '../client/containers/container-state.ts';
import { type EngineError, isEngineError } from '../client/engine-error.ts';
import { engineFailureOf, removedOutside } from './container-errors.ts';
import { containerOf, serverPort, specHash } from './container-plan.ts';
import { createContainer, imageToUse, isOfSpec, releaseNetwork } from './create-container.ts';
import type { EngineSite } from './engine-site.ts';
import { findContainer } from './find-container.ts';
import type { KnownContainer } from './known-containers.ts';
import { pauseReal } from './pause-real.ts';
import { removeContainer } from './remove-container.ts';
import { startRun } from './start-run.ts';

/** Podman's `restart` and `rm -f` die first and are broken by a start that comes between (`docs/adr`), ms. */
const PODMAN_PAUSE_MS = 150;
/** So many ports are tried that an engine chooses. */
const PORT_TRIES = 10;
/** An engine speaks of a network, and not of its library for them (`libnetwork`), when one is missing. */
const NETWORK = /\bnetwork\b/i;

/** Starts the container of an order, or takes it over as it runs. @throws a HoldfastError; a container that was made for it is gone again */
export async function startContainer(site: EngineSite, order: StartOrder): Promise<Backend> {
  const { spec, unit, signal } = order;
  await site.watch.ready();
  const { id: engineId } = await site.facts.of(spec);
  const before = site.known.of(spec.id, unit);
  await Promise.all([pauseAfterDeath(site, before), keepNetwork(site, spec, before)]);
  // Somebody removed it while this start was under way, and the news may have come too late to call it off.
  if (before && unit === null && site.known.of(spec.id, unit) === undefined) throw removedOutside(spec.name, 'the engine has it no more');
  let made: string | null = null;
  let known: KnownContainer | null = null;
  try {
    const present = await suitable(site, order);
    if (present === null) made = await createContainer(site, spec, unit);
    const containerId = present?.id ?? made ?? '';
    known = site.known.remember({ workloadId: spec.id, workload: spec.name, unit, containerId, engineId });
    known.busy = true;
    const backend = await again(site, order, known, made !== null);
    if (!signal.aborted) return backend;
    await backend.stop(0);
    throw new HoldfastError('HF_CANCELLED', { what: `The start of ${spec.name} was cancelled` });
  } catch (error) {
    if (made !== null) await undo(site, made);
    const failure = engineFailureOf(error, spec.name);
    if (failure.code === 'HF_REMOVED_OUTSIDE' && known && made === null) {
      site.known.forget(known);
      // A session's container is made anew without a word: nobody but its session knows of it.
      if (unit !== null && !signal.aborted) return await startContainer(site, order);
    }
    throw failure;
  } finally {
    if (known) known.busy = false;
  }
}

/** The container that is there, where it is what the spec says; another one is ended and removed. */
async function suitable(site: EngineSite, order: StartOrder): Promise<ContainerState | null> {
  const { spec, unit } = order;
  const state = await findContainer(site, order);
  if (state === null || isOfSpec(state, specHash(spec, unit))) return state;
  // Where there is none, the container stays that a reverted change would use.
  await imageToUse(site, spec);
  site.log.info('the spec has changed: the container is made anew', { workload: spec.name, container: state.id.slice(0, 12) });
  if (state.running) await site.client.containers.stop(state.id, spec.stopTimeoutMs);
  await removeContainer(site, state.id);
  return null;
}

/** Starts it; once more with its network made anew where that has gone (somebody pruned it), or with another port where its own was taken. */
async function again(site: EngineSite, order: StartOrder, known: KnownContainer, fresh: boolean): Promise<Backend> {
  try {
    return await onFreePort(site, order, known);
  } catch (error) {
    if (!fresh && (isPortLost(error, order.spec) || isHalfStarted(error))) return anew(site, order, known);
    const ownNetwork = containerOf(order.spec).network === 'default';
    if (fresh || !ownNetwork || !isEngineError(error, 'gone', 'refused') || !NETWORK.test(error.words)) throw error;
    site.log.warn('the network of the containers is gone; it is made again', { workload: order.spec.name, why: error.words });
    await site.network.ensure();
  }
  try {
    return await startRun(site, order, known);
  } catch (error) {
    if (!isEngineError(error, 'gone', 'refused') || !NETWORK.test(error.words)) throw error;
  }
  // It is bound to the id of a network that no longer exists.
  return anew(site, order, known);
}

/** Docker takes the next port of the host at each start, and does not look first whether another program has it. */
async function onFreePort(site: EngineSite, order: StartOrder, known: KnownContainer): Promise<Backend> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startRun(site, order, known);
    } catch (error) {
      if (site.kind !== 'docker' || tries === PORT_TRIES || !isPortLost(error, order.spec)) throw error;
      site.log.debug('the port that the engine chose is taken; it is asked for another', { workload: order.spec.name, why: error.words });
    }
  }
}

/** Podman gives a container a port of the host for good, and another program may have it by now. What the user chose is not changed. */
function isPortLost(error: unknown, spec: WorkloadSpec): error is EngineError {
  if (!isEngineError(error, 'refused') || error.reason !== 'port-taken' || serverPort(spec) === null) return false;
  return !containerOf(spec).publish.some(({ hostPort }) => hostPort !== 0 && error.words.includes(`:${hostPort}`));
}

/**
 * An engine was killed while it started a container. Docker's containerd may run it, and Docker not know; the network plugins of Podman may
 * have given it an address, and refuse it another. No start succeeds any more, and nothing that the engine offers takes back what is there.
 */
function isHalfStarted(error: unknown): boolean {
  return isEngineError(error, 'refused') && error.reason === 'half-started';
}

async function anew(site: EngineSite, order: StartOrder, known: KnownContainer): Promise<Backend> {
  const { spec, unit } = order;
  site.log.info('the container cannot be started any more and is made anew', { workload: spec.name, container: known.containerId });
  await removeContainer(site, known.containerId);
  const containerId = await createContainer(site, spec, unit);
  const { workloadId, workload, engineId } = known;
  const other = site.known.remember({ workloadId, workload, unit, containerId, engineId });
  other.busy = true;
  try {
    return await startRun(site, order, other);
  } finally {
    other.busy = false;
  }
}

async function pauseAfterDeath(site: EngineSite, known: KnownContainer | undefined): Promise<void> {
  if (site.kind !== 'podman' || !known || known.endedAt === null) return;
  const since = site.clock.monotonic() - known.endedAt;
  if (since < PODMAN_PAUSE_MS) await pauseReal(PODMAN_PAUSE_MS - since);
}

/** Podman starts a container on a network that was removed, from what its plugins remember, and does not tell. */
async function keepNetwork(site: EngineSite, spec: WorkloadSpec, known: KnownContainer | undefined): Promise<void> {
  if (site.kind !== 'podman' || !known || containerOf(spec).network !== 'default') return;
  await site.network.ensure().catch((error: unknown) => {
    throw engineFailureOf(error, spec.name);
  });
}

async function undo(site: EngineSite, containerId: string): Promise<void> {
  try {
    await removeContainer(site, containerId);
    await releaseNetwork(site);
  } catch (error) {
    // The engine is away: what is left is found by its labels.
    site.log.warn('a container that could not be started cannot be removed now', { container: containerId, error: String(error) });
  }
}
