import type { EngineSite } from './engine-site.ts';
import { pauseReal } from './pause-real.ts';

/** How long an engine may take to remove what it says it removes, ms. */
const GONE_MS = 10_000;
const LOOK_MS = 50;

/** Removes a container of ours with its anonymous volumes; resolves when it is gone. Its end is no news to anybody. @throws EngineError */
export async function removeContainer(site: EngineSite, containerId: string): Promise<void> {
  const known = site.known.byId(containerId);
  site.known.leave(containerId);
  if ((await site.client.containers.remove(containerId, { force: true, volumes: true })) === 'removing') await untilGone(site, containerId);
  if (known) site.known.forget(known);
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
