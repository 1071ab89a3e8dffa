import { uptime } from 'node:os';
import { HoldfastError } from '../../../core/errors/holdfast-error.ts';
import type { Backend, ObservedExit } from '../../../core/ports/runtime.ts';
import type { Incarnation } from '../../../core/workload/incarnation.ts';
import type { WorkloadSpec } from '../../../core/workload/spec.ts';
import type { ContainerState } from '../client/containers/container-state.ts';
import { engineFailureOf, removedOutside } from './container-errors.ts';
import { containerExit, exitFromEvent, timeOf } from './container-exit.ts';
import { containerOf } from './container-plan.ts';
import { ContainerRun } from './container-run.ts';
import type { EngineSite } from './engine-site.ts';
import { isLeaving } from './find-container.ts';
import { inspectOwn } from './inspect-own.ts';
import { ownerOf } from './labels.ts';
import { endpointOf, linkFor } from './start-run.ts';
import { StdioLink } from './stdio-link.ts';

type ContainerIncarnation = Extract<Incarnation, { runtime: 'docker' | 'podman' }>;

/** Either it lives and is had again, or how it ended, as far as somebody wrote that down. */
export type Adoption = { readonly backend: Backend } | { readonly backend: null; readonly exit: ObservedExit | null };

/**
 * Takes over exactly that run of a container. On Podman a stdio server cannot be: the end of the last attachment closed its stdin.
 * @throws HF_RUNTIME_UNAVAILABLE where that cannot be found out now, HF_REMOVED_OUTSIDE
 */
export async function adoptContainer(
  site: EngineSite,
  spec: WorkloadSpec,
  incarnation: ContainerIncarnation,
  generation: number,
): Promise<Adoption> {
  await site.watch.ready();
  const { id: engineId } = await site.facts.of(spec);
  try {
    const state = await inspectOwn(site, { containerId: incarnation.containerId, engineId, workload: spec.name, toldAt: null });
    if (state === null || isLeaving(state)) {
      const known = site.known.byId(incarnation.containerId);
      if (known) site.known.forget(known);
      throw removedOutside(spec.name, 'the engine has it no more');
    }
    const unit = ownerOf(state.labels)?.unit ?? null;
    const known = site.known.remember({ workloadId: spec.id, workload: spec.name, unit, containerId: state.id, engineId });
    // Whatever runs now: this is the run that Holdfast had.
    known.startedAt = incarnation.startedAt;
    if (!state.running || state.startedAt !== incarnation.startedAt) {
      return { backend: null, exit: exitMeanwhile(site, spec, state, incarnation) };
    }
    if (spec.transport === 'stdio' && site.kind === 'podman') return { backend: null, exit: LOST };
    known.busy = true;
    try {
      return { backend: await takeOver(site, spec, state, generation) };
    } finally {
      known.busy = false;
    }
  } catch (error) {
    throw engineFailureOf(error, spec.name);
  }
}

const LOST: ObservedExit = { cause: 'lost', exitCode: null, signal: null, oom: false };

async function takeOver(site: EngineSite, spec: WorkloadSpec, state: ContainerState, generation: number): Promise<Backend> {
  const known = site.known.byId(state.id);
  if (!known || state.startedAt === null) throw removedOutside(spec.name, 'the engine has it no more');
  // What is being stopped can be watched, and not be attached to.
  const link = state.stopping ? null : linkFor(site, spec);
  if (link instanceof StdioLink && state.paused) throw paused(spec, site.kind, state.name);
  const endpoint = endpointOf(spec, state, link);
  if (!link) {
    const run = new ContainerRun({ site, known, generation, startedAt: state.startedAt, endpoint, link, startedByOther: false });
    run.setPaused(state.paused);
    // What happened between the look and now.
    void run.examine();
    return run.backend;
  }
  let run: ContainerRun | null = null;
  let lost = false;
  const attachment = await site.client.containers.attach(state.id, link.receiver, { tty: false, stdin: link instanceof StdioLink });
  link.bind(attachment, () => {
    lost = true;
    run?.attachmentLost();
  });
  // Whoever was attached before may have gone in the middle of a line.
  if (link instanceof StdioLink) link.endLine();
  run = new ContainerRun({ site, known, generation, startedAt: state.startedAt, endpoint, link, startedByOther: false });
  run.setPaused(state.paused);
  if (lost) run.attachmentLost();
  else void run.examine();
  return run.backend;
}

function paused(spec: WorkloadSpec, kind: string, name: string): HoldfastError {
  return new HoldfastError('HF_RUNTIME_UNAVAILABLE', {
    what: `The container of ${spec.name} is paused`,
    why: 'nothing can be attached to it',
    fix: `Let it go on with \`${kind} unpause ${name}\`.`,
  });
}

/** How it ended while nobody watched. What the machine's own end took with it says nothing about the server. */
function exitMeanwhile(site: EngineSite, spec: WorkloadSpec, state: ContainerState, { startedAt }: ContainerIncarnation): ObservedExit {
  // It runs again, or ran again: how it ended before is written nowhere.
  if (state.startedAt !== startedAt) return exitFromEvent({ dieCode: undefined, byOther: false });
  const finishedAt = timeOf(state.finishedAt);
  const inOutage = finishedAt !== null && site.watch.outages.covers(finishedAt);
  return containerExit(state, { dieCode: undefined, byOther: false }, inOutage || endedWithMachine(spec, startedAt, finishedAt));
}

function endedWithMachine(spec: WorkloadSpec, startedAt: string, finishedAt: number | null): boolean {
  if (!containerOf(spec).engine.address.startsWith('unix:')) return false;
  const bootedAt = Date.now() - uptime() * 1_000;
  const started = timeOf(startedAt);
  return started !== null && started < bootedAt && (finishedAt === null || finishedAt >= bootedAt || finishedAt < started);
}
