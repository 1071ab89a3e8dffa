import { REMOVED_OUTSIDE, STOPPED_OUTSIDE } from '../../src/core/supervisor/outside.ts';
import type { Container } from '../engine/container.ts';
import type { World } from '../world.ts';
import type { Intent } from './intents.ts';

/** A stop by somebody else is one by a person when the engine stays up for so long after it, and a little more, ms. */
const CONFIRMED_MS = 61_000;

/**
 * What somebody else did to containers, as far as Holdfast was told of it: what it may not do because of that, and what it may not take for
 * somebody's doing.
 */
export class ContainerFacts {
  readonly #world: World;
  /** Ends and failures that may cost a workload, or a unit of it, an attempt. */
  readonly #blame = new Map<string, number>();
  /** Workloads whose container somebody removed, at any time, or an `rm` that then could not forget them. */
  readonly #everRemoved = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Somebody does it now; Holdfast will be told, or not. */
  happened(what: 'removed' | 'stopped', container: Container): void {
    if (container.workloadId === null || container.unit !== null) return;
    if (what === 'removed') this.#everRemoved.add(container.workloadId);
    else container.endedBySomebody = true;
  }

  /** Somebody had Holdfast remove it, which went half of the way. */
  rmFailed(workloadId: string): void {
    this.#everRemoved.add(workloadId);
  }

  /** Holdfast was told that the container is gone: nothing makes it again unless somebody asks. */
  removalTold(workloadId: string): void {
    const intent = this.#shared(workloadId);
    if (intent && this.#restsNow(intent)) intent.rests = 'removed';
  }

  /** Holdfast was told that somebody else stopped it. */
  stopTold(workloadId: string): void {
    const world = this.#world;
    const intent = this.#shared(workloadId);
    const plan = intent && world.plan.workloads.find(({ name }) => name === intent.name);
    if (!intent || plan?.spec.restart.mode !== 'unless-stopped' || world.plan.faults.clockJumps > 0 || !this.#restsNow(intent)) return;
    intent.rests = 'stopped';
    intent.restsSince = world.time.monotonic();
  }

  /** Somebody else starts it: it rests no longer. */
  startedByOther(workloadId: string): void {
    const intent = this.#world.intents.of(workloadId);
    if (intent?.rests === 'stopped') intent.rests = null;
  }

  /** The engine goes: what was stopped a moment ago was stopped by nobody. */
  engineGoes(): void {
    for (const intent of this.#world.intents.all())
      if (intent.rests === 'stopped' && this.#world.time.monotonic() - intent.restsSince < CONFIRMED_MS) intent.rests = null;
  }

  /** A daemon died: the next one knows what is on the disk. */
  remembered(intent: Intent, reason: string | null, settledForMs: number): void {
    if (intent.rests === 'removed' && reason !== REMOVED_OUTSIDE) intent.rests = null;
    if (intent.rests === 'stopped' && (reason !== STOPPED_OUTSIDE || settledForMs < CONFIRMED_MS)) intent.rests = null;
  }

  /** It is to run, and rests: whether somebody gave it a reason. */
  checkRest(intent: Intent, reason: string | null, container: Container | null): void {
    if (reason === REMOVED_OUTSIDE && !this.#everRemoved.has(intent.id))
      this.#world.fail('rests-for-nothing', `${intent.id} is taken for removed, and nobody removed it`);
    // A run of which no daemon knew is none that one could have taken over.
    const isKnown = container?.runByHoldfast === true && this.#world.plan.faults.clockJumps === 0;
    if (reason === STOPPED_OUTSIDE && isKnown && !container.endedBySomebody)
      this.#world.fail('rests-for-nothing', `${intent.id} is taken for stopped, and nobody but its engine stopped it`);
  }

  blame(workloadId: string, unit: string | null): void {
    const key = `${workloadId} ${unit ?? ''}`;
    this.#blame.set(key, (this.#blame.get(key) ?? 0) + 1);
  }

  /** So many attempts were counted. */
  checkAttempts(workloadId: string, unit: string | null, attempts: number): void {
    const blame = this.#blame.get(`${workloadId} ${unit ?? ''}`) ?? 0;
    if (attempts > blame)
      this.#world.fail('attempt-for-nothing', `${workloadId} counts ${attempts} attempts after ${blame} ends of its own`);
  }

  /** The shared container of a workload is the workload's; those of sessions are made anew. */
  #shared(workloadId: string): Intent | null {
    const intent = this.#world.intents.of(workloadId);
    const plan = intent && this.#world.plan.workloads.find(({ name }) => name === intent.name);
    return plan?.spec.sessions === 'shared' ? intent : null;
  }

  /** Somebody is being obeyed who asked for it to run. */
  #restsNow(intent: Intent): boolean {
    return intent.desired === 'running' && !this.#world.isBeingAsked(intent);
  }
}
