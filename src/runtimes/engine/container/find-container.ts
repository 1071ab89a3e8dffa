import type { StartOrder } from '../../../core/ports/runtime.ts';
import type { ContainerState } from '../client/containers/container-state.ts';
import { removedOutside } from './container-errors.ts';
import type { EngineSite } from './engine-site.ts';
import { inspectOwn } from './inspect-own.ts';
import { LABEL, ownerOf } from './labels.ts';
import { removeContainer, untilGone } from './remove-container.ts';

/**
 * The container that the order is about, as it is now: by its id where that is known, else by its labels. Null = there never was one.
 * @throws HF_REMOVED_OUTSIDE where there was one, and somebody else removed it; the next order makes it anew. EngineError
 */
export async function findContainer(site: EngineSite, { spec, unit }: StartOrder): Promise<ContainerState | null> {
  const known = site.known.of(spec.id, unit);
  if (known) {
    const state = await inspectOwn(site, known);
    if (state && !isLeaving(state)) return state;
    site.known.forget(known);
    const gone = state === null || (await untilGone(site, known.containerId));
    const own = site.known.left(known.containerId);
    if (unit === null && !own) throw removedOutside(spec.name, gone ? 'the engine has it no more' : 'the engine is removing it');
    return null;
  }
  const listed = await site.client.containers.list({ [LABEL.instance]: site.instance, [LABEL.workloadId]: spec.id });
  for (const { id, labels } of listed) {
    if (ownerOf(labels)?.unit !== unit) continue;
    const state = await site.client.containers.inspect(id);
    if (state && !isLeaving(state)) return state;
    if (state) await removeContainer(site, id);
  }
  return null;
}

/** It is being removed, or was removed by half. */
export function isLeaving(state: Pick<ContainerState, 'status'>): boolean {
  return state.status === 'removing' || state.status === 'dead';
}
