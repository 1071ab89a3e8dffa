import { HoldfastError } from '../../../core/errors/holdfast-error.ts';
import type { ContainerState } from '../client/containers/container-state.ts';
import { isAnother } from './engine-facts.ts';
import type { EngineSite } from './engine-site.ts';
import type { KnownContainer } from './known-containers.ts';

/** An engine that told of a container a moment ago is the one that answers, ms. */
const STILL_ITSELF_MS = 1_000;

/**
 * A container as its own engine shows it; null = that engine has none of that id. Another engine that has come up at the address meanwhile
 * has none either, and that says nothing: who answers is asked before a container counts as gone.
 * @throws HF_RUNTIME_UNAVAILABLE where another engine answers, EngineError
 */
export async function inspectOwn(
  site: EngineSite,
  { containerId, engineId, workload, toldAt }: Pick<KnownContainer, 'containerId' | 'engineId' | 'workload' | 'toldAt'>,
): Promise<ContainerState | null> {
  const state = await site.client.containers.inspect(containerId);
  if (state !== null || engineId === null) return state;
  // Podman takes hundreds of milliseconds to say who it is.
  const wasHeard = toldAt !== null && site.clock.monotonic() - toldAt < STILL_ITSELF_MS;
  if (wasHeard && site.watch.away === null) return null;
  site.facts.forget();
  const facts = await site.facts.get(workload);
  if (!isAnother(engineId, facts.id)) return null;
  throw new HoldfastError('HF_RUNTIME_UNAVAILABLE', {
    what: `Another engine answers where the engine of ${workload} was`,
    why: `its container is on engine ${engineId}, and ${facts.id ?? ''} answers`,
    fix: 'Start its own engine again.',
  });
}
