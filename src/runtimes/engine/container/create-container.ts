import { stat } from 'node:fs/promises';
import { HoldfastError } from '../../../core/errors/holdfast-error.ts';
import type { WorkloadSpec } from '../../../core/workload/spec.ts';
import type { ContainerState } from '../client/containers/container-state.ts';
import { isEngineError } from '../client/engine-error.ts';
import { engineFailureOf, nameTaken } from './container-errors.ts';
import { containerName, containerOf, planContainer } from './container-plan.ts';
import type { EngineSite } from './engine-site.ts';
import { LABEL, ownerOf } from './labels.ts';
import { removeContainer, untilGone } from './remove-container.ts';

/** A name may be freed meanwhile, an init program may turn out to be missing: so often it is tried. */
const TRIES = 4;

/** Makes the container of a spec. @returns its id. @throws a HoldfastError; nothing is left behind */
export async function createContainer(site: EngineSite, spec: WorkloadSpec, unit: string | null): Promise<string> {
  const { network } = containerOf(spec);
  await checkMounts(spec);
  if (!['default', 'none', 'host'].includes(network)) await checkNetwork(site, network);
  const image = await imageToUse(site, spec);
  const create = (): Promise<string> => tryToCreate(site, spec, unit, image);
  try {
    await site.volumes.note(spec);
    return await (network === 'default' ? site.network.whileThere(create) : create());
  } catch (error) {
    if (network === 'default') await releaseNetwork(site);
    throw engineFailureOf(error, spec.name);
  }
}

/** Removes the network of the instance with its last container. Never throws: a network that is left is removed another time. */
export async function releaseNetwork(site: EngineSite): Promise<void> {
  await site.network.release().catch((error: unknown) => {
    site.log.warn('the network of the containers stays until the next one is removed', { error: String(error) });
  });
}

async function tryToCreate(site: EngineSite, spec: WorkloadSpec, unit: string | null, image: string): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    const { cpus, init } = await site.facts.get(spec.name);
    try {
      return await site.client.containers.create(planContainer(spec, unit, { instance: site.instance, image, cpus, init }));
    } catch (error) {
      if (tries === TRIES || !isEngineError(error)) throw error;
      if (error.kind === 'conflict-name') await freeName(site, containerName(spec.name, unit));
      else if (error.reason === 'no-init') {
        site.facts.withoutInit();
        site.log.warn('the engine has no init program: servers run without one, and their orphans are not reaped', { why: error.words });
      } else throw error;
    }
  }
}

/** Something has the name: what Holdfast left there goes, everything else stays. */
async function freeName(site: EngineSite, name: string): Promise<void> {
  const other = await site.client.containers.inspect(name);
  if (other === null) return;
  if (other.labels[LABEL.instance] !== site.instance || ownerOf(other.labels) === null) {
    if (other.status !== 'removing') throw nameTaken(name, `it is container ${other.id.slice(0, 12)}, ${other.status}`);
    await untilGone(site, other.id);
    return;
  }
  await removeContainer(site, other.id);
}

/** A name of exactly that image where there is one: people see it in the engine's own listings. @throws HF_IMAGE_NOT_FOUND where it is gone */
export async function imageToUse(site: EngineSite, spec: WorkloadSpec): Promise<string> {
  const { image } = containerOf(spec);
  try {
    const named = await site.client.images.inspect(image.reference);
    if (named?.id === image.id) return image.reference;
    if (await site.client.images.inspect(image.id)) return image.id;
  } catch (error) {
    throw engineFailureOf(error, spec.name);
  }
  throw new HoldfastError('HF_IMAGE_NOT_FOUND', {
    what: `The image of ${spec.name}, ${image.reference}, is not at the engine any more`,
    why: `image ${image.id} was deleted; a restart never pulls one, or it might run other code`,
    fix: `Pull it and run the workload anew: \`holdfast run --replace --name ${spec.name} ${image.reference}\`.`,
  });
}

/** Docker would make a missing folder, and servers would find it empty. */
async function checkMounts(spec: WorkloadSpec): Promise<void> {
  const { mounts, engine } = containerOf(spec);
  // What another machine has cannot be looked at from here; the engine says it then.
  if (!engine.address.startsWith('unix:')) return;
  for (const { kind, source, target } of mounts) {
    if (kind !== 'bind') continue;
    const found = await stat(source).catch((error: NodeJS.ErrnoException) => error);
    if (!(found instanceof Error) || found.code !== 'ENOENT') continue;
    throw new HoldfastError('HF_BAD_SPEC', {
      what: `${source} cannot be mounted at ${target}`,
      why: 'there is no such file or folder',
      fix: 'Create it, or correct `-v`.',
      data: { source, target },
    });
  }
}

async function checkNetwork(site: EngineSite, network: string): Promise<void> {
  try {
    if (await site.client.networks.inspect(network)) return;
    const names = (await site.client.networks.list({})).map(({ name }) => name).toSorted();
    throw new HoldfastError('HF_BAD_SPEC', {
      what: `The engine has no network ${JSON.stringify(network)}`,
      why: `it has ${names.join(', ')}`,
      fix: 'Create it, or choose another with `--network`.',
    });
  } catch (error) {
    throw engineFailureOf(error, network);
  }
}

/** Whether a container was made from what the spec says now. */
export function isOfSpec(state: Pick<ContainerState, 'labels'>, hash: string): boolean {
  return state.labels[LABEL.spec] === hash;
}
