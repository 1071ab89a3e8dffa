import { HoldfastError } from '../../../core/errors/holdfast-error.ts';
import type { Backend, StartOrder } from '../../../core/ports/runtime.ts';
import type { Endpoint } from '../../../core/ports/stdio-channel.ts';
import type { WorkloadSpec } from '../../../core/workload/spec.ts';
import type { ContainerState } from '../client/containers/container-state.ts';
import { EngineError } from '../client/engine-error.ts';
import { removedOutside } from './container-errors.ts';
import { containerOf, serverPort } from './container-plan.ts';
import { ContainerRun } from './container-run.ts';
import type { EngineSite } from './engine-site.ts';
import { isLeaving } from './find-container.ts';
import { inspectOwn } from './inspect-own.ts';
import type { KnownContainer } from './known-containers.ts';
import { OutputLink } from './output-link.ts';
import { pauseReal } from './pause-real.ts';
import { StdioLink } from './stdio-link.ts';

/** The engine's own restart policy, which somebody gave the container, or Podman's cleaning up, has so long, ms. */
const SETTLE_MS = 5_000;
const LOOK_MS = 20;

/** Starts a container that is there and watches over its run; what runs already is taken over. @throws EngineError, HoldfastError */
export async function startRun(site: EngineSite, { spec, generation, signal }: StartOrder, known: KnownContainer): Promise<Backend> {
  const { containers } = site.client;
  const id = known.containerId;
  await known.stopping;
  const before = await settled(site, spec, known);
  const link = linkFor(site, spec);
  let lost = false;
  let run: ContainerRun | null = null;
  try {
    if (link) {
      // What Podman has prepared for an attachment is only taken away by a run: there, a start that is called off goes on, and is ended.
      const until = site.kind === 'podman' ? {} : { signal };
      const attachment = await containers.attach(id, link.receiver, { tty: false, stdin: link instanceof StdioLink, ...until });
      link.bind(attachment, () => {
        lost = true;
        run?.attachmentLost();
      });
    }
    const began = await containers.start(id);
    // What it said before belongs to somebody else.
    if (began === 'already' && link instanceof StdioLink) link.endLine();
    const state = await inspectOwn(site, known);
    if (state === null || isLeaving(state)) throw removedOutside(spec.name, 'it was removed while it was being started');
    if (state.startedAt === null) throw new EngineError('refused', { attempt: `start the container of ${spec.name}`, words: state.error });
    const startedByOther = began === 'already' && known.startedAt !== null && known.startedAt !== state.startedAt;
    if (startedByOther) site.log.info('somebody else started the container; it is taken over as it runs', { workload: spec.name });
    run = new ContainerRun({
      site,
      known,
      generation,
      startedAt: state.startedAt,
      endpoint: endpointOf(spec, state, link),
      link,
      startedByOther,
    });
    run.setPaused(state.paused);
    if (lost) run.attachmentLost();
    else if (!state.running || before?.paused) void run.examine();
    return run.backend;
  } catch (error) {
    link?.abandon();
    throw error;
  }
}

/**
 * Brings the container to a state in which it can be started or taken over. After a death Podman starts a program that cleans up: what an
 * attach or a start has prepared meanwhile would be taken away by it.
 * A running stdio server that this Holdfast had, or an earlier one, may have been initialized, and can be that once only: it begins anew. On
 * Podman its stdin is closed as well.
 */
async function settled(site: EngineSite, spec: WorkloadSpec, known: KnownContainer): Promise<ContainerState | null> {
  const { containers } = site.client;
  const id = known.containerId;
  const deadline = performance.now() + SETTLE_MS;
  for (;;) {
    const state = await inspectOwn(site, known);
    if (state === null || isLeaving(state)) throw removedOutside(spec.name, 'the engine has it no more');
    if (state.status === 'restarting') {
      if (performance.now() > deadline) await containers.stop(id, 0);
      else await pauseReal(LOOK_MS);
      continue;
    }
    if ((state.uncleaned || state.stopping) && performance.now() < deadline) {
      await pauseReal(LOOK_MS);
      continue;
    }
    if (state.stopping) {
      // Whoever stops it is patient; it is of no use to anybody any more.
      await containers.kill(id, 'SIGKILL');
      await pauseReal(LOOK_MS);
      continue;
    }
    if (!state.running) return state;
    if (state.paused && spec.transport === 'stdio') {
      throw new HoldfastError('HF_RUNTIME_UNAVAILABLE', {
        what: `The container of ${spec.name} is paused`,
        why: 'nothing can be attached to it',
        fix: `Let it go on with \`${site.kind} unpause ${state.name}\`.`,
      });
    }
    const fresh = known.startedAt !== null && known.startedAt !== state.startedAt;
    if (spec.transport !== 'stdio' || fresh) return state;
    await containers.stop(id, spec.stopTimeoutMs);
  }
}

/** What a run is to be attached to with; null = with nothing. */
export function linkFor(site: EngineSite, spec: WorkloadSpec): StdioLink | OutputLink | null {
  if (spec.transport === 'stdio') return new StdioLink();
  return site.kind === 'podman' ? new OutputLink() : null;
}

export function endpointOf(spec: WorkloadSpec, state: ContainerState, link: StdioLink | OutputLink | null): Endpoint {
  if (link instanceof StdioLink) return { kind: 'stdio', channel: link };
  const port = serverPort(spec);
  const published = state.ports.find((each) => each.containerPort === port && each.protocol === 'tcp' && each.hostAddress === '127.0.0.1');
  // One that has exited already has no port: nobody listens there, and its exit follows.
  const hostPort = containerOf(spec).network === 'host' ? (port ?? 0) : (published?.hostPort ?? 0);
  return { kind: 'http', url: `http://127.0.0.1:${hostPort}${spec.launch.path}` };
}
