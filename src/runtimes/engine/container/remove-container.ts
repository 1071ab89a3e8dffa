import { isEngineError } from '../client/engine-error.ts';
import type { EngineSite } from './engine-site.ts';
import { pauseReal } from './pause-real.ts';

/** How long an engine may take to remove what it says it removes, ms. */
const GONE_MS = 10_000;
const LOOK_MS = 50;
/** So often a removal is asked for that comes when the container ends by itself. */
const TRIES = 20;

/** Removes a container of ours with its anonymous volumes; resolves when it is gone. Its end is no news to anybody. @throws EngineError */
export async function removeContainer(site: EngineSite, containerId: string): Promise<void> {
  const known = site.known.byId(containerId);
  site.known.leave(containerId);
  if ((await removeByForce(site, containerId)) === 'removing') await untilGone(site, containerId);
  if (known) site.known.forget(known);
}

/** Podman ends what it is to remove, and fails where it has just ended by itself. */
async function removeByForce({ client }: EngineSite, containerId: string): Promise<'removed' | 'absent' | 'removing'> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await client.containers.remove(containerId, { force: true, volumes: true });
    } catch (error) {
      if (!isEngineError(error, 'refused') || error.reason !== 'not-running' || tries === TRIES) throw error;
      await pauseReal(LOOK_MS);
    }
  }
}

/** Waits until the engine has no such container any more. @returns false when that takes too long */
export async function untilGone(site: EngineSite, containerId: string): Promise<boolean> {
  const deadline = performance.now() + GONE_MS;
  while (performance.now() < deadline) {
    if ((await site.client.containers.inspect(containerId)) === null) return true;
    await pauseReal(LOOK_MS);
  }
  return false;
}
