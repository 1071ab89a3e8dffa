import { HoldfastError } from '../../../core/errors/holdfast-error.ts';
import type { ContainerState } from '../client/containers/container-state.ts';
import { isAnother } from './engine-facts.ts';
import type { EngineSite } from './engine-site.ts';
import type { KnownContainer } from './known-containers.ts';

/**
 * A container as its own engine shows it; null = that engine has none of that id. Another engine that has come up at the address meanwhile
 * has none either, and that says nothing: who answers is asked before a container counts as gone.
 * @throws HF_RUNTIME_UNAVAILABLE where another engine answers, EngineError
 */
export async function inspectOwn(
  site: EngineSite,
  { containerId, engineId, workload }: Pick<KnownContainer, 'containerId' | 'engineId' | 'workload'>,
): Promise<ContainerState | null> {
  const state = await site.client.containers.inspect(containerId);
  if (state !== null || engineId === null) return state;
  site.facts.forget();
  const facts = await site.facts.get(workload);
  if (!isAnother(engineId, facts.id)) return null;
  throw new HoldfastError('HF_RUNTIME_UNAVAILABLE', {
    what: `Another engine answers where the engine of ${workload} was`,
    why: `its container is on engine ${engineId}, and ${facts.id ?? ''} answers`,
    fix: 'Start its own engine again.',
  });
}
