import { HoldfastError } from '../../src/core/errors/holdfast-error.ts';
import type { Backend, Runtime, StartOrder, WorkloadNews } from '../../src/core/ports/runtime.ts';
import type { Incarnation } from '../../src/core/workload/incarnation.ts';
import type { WorkloadSpec } from '../../src/core/workload/spec.ts';
import type { Lifeline } from '../daemon/lifeline.ts';
import { killed } from '../machine/process.ts';
import type { Random } from '../time/random.ts';
import type { Attachment } from './attachment.ts';
import type { Container } from './container.ts';
import { ContainerBackend } from './container-backend.ts';
import type { Engine, EngineKind } from './engine.ts';
import { EngineSite } from './engine-site.ts';
import { EngineWatch } from './engine-watch.ts';
import type { Known } from './known-containers.ts';

/** Podman: a start right after an end races whatever else is under way with the container, ms (`runtimes.md`). */
const PODMAN_PAUSE_MS = 150;

/** An engine as one daemon drives it: what src/runtimes/engine promises to control, on a simulated engine. */
export class EngineRuntime implements Runtime {
  readonly kind: EngineKind;
  readonly capabilities: { readonly stdioReattach: boolean };
  readonly #site: EngineSite;
  readonly #watch: EngineWatch;

  constructor(engine: Engine, lifeline: Lifeline, random: Random) {
    this.kind = engine.kind;
    this.capabilities = { stdioReattach: engine.kind === 'docker' };
    this.#site = new EngineSite(engine, lifeline, random);
    this.#watch = new EngineWatch(this.#site);
  }

  /** The engine answers no question until then, monotonic ms. */
  set awayUntil(at: number) {
    this.#site.awayUntil = at;
  }

  watch(workload: { readonly id: string }, news: WorkloadNews): () => void {
    return this.#watch.add(workload.id, news);
  }

  async start(order: StartOrder): Promise<Backend> {
    const { spec, unit } = order;
    const present = this.#site.known.of(spec.id, unit);
    if (present) await this.#settled(present);
    const container = (await this.#reuse(order, present)) ?? (await this.#create(order));
    const known = this.#site.known.remember(spec.id, unit, container);
    known.busy = true;
    try {
      return await this.#run(order, known);
    } finally {
      known.busy = false;
    }
  }

  async adopt(spec: WorkloadSpec, incarnation: Incarnation, generation: number): Promise<Backend | null> {
    if (incarnation.runtime !== this.kind) return null;
    const { engine, known: all } = this.#site;
    const container = await this.#site.ask(0.5, 5, () => engine.byId(incarnation.containerId));
    const known = container && all.remember(spec.id, container.unit, container);
    if (known) known.startedAt ??= incarnation.startedAt;
    if (!container?.there) {
      const gone = known ?? all.all().find((each) => each.container.id === incarnation.containerId);
      if (gone) all.forget(gone);
      this.#site.world.containers.removalTold(spec.id);
      throw removed(spec.name);
    }
    const isIt = container.running && container.startedAt === incarnation.startedAt && container.process !== null;
    if (!isIt || !known || (spec.transport === 'stdio' && !this.capabilities.stdioReattach)) return null;
    known.busy = true;
    try {
      const attachment = spec.transport === 'stdio' ? await this.#attach(container) : null;
      if (container.startedAt !== incarnation.startedAt || !container.process) return null;
      attachment?.endLine();
      return this.#backend({ spec, generation }, known, attachment, false);
    } finally {
      known.busy = false;
    }
  }

  async sweep(workload: { readonly id: string; readonly name: string }, keep: ReadonlySet<number> | null): Promise<number> {
    return this.#site.ask(0.5, 8, () => {
      const { engine, known: all, world, random } = this.#site;
      if (world.faulty && random.chance(world.plan.faults.sweepFails)) throw new Error('the sweep failed');
      const found = engine.of(workload.id).filter((container) => {
        const known = all.by(container);
        if (known?.busy || (known?.run && keep?.has(known.run.generation))) return false;
        if (container.unit !== null && !known) return true;
        // One that runs although nobody here watches it is left to the start that is about to come, which takes it over.
        return container.running && (keep === null || keep.size === 0);
      });
      for (const container of found) {
        if (container.unit === null) engine.kill(container, killed, 'holdfast');
        else engine.remove(container, 'holdfast');
      }
      return found.length;
    });
  }

  forget(spec: WorkloadSpec): Promise<void> {
    return this.#site.ask(0.5, 5, () => {
      const { engine, known: all, world, random } = this.#site;
      if (world.faulty && random.chance(world.plan.faults.stopFails)) throw new Error('the container could not be removed');
      for (const container of engine.of(spec.id)) engine.remove(container, 'holdfast');
      for (const known of all.all()) if (known.workloadId === spec.id) all.forget(known);
    });
  }

  /** What is being removed is waited for, and a Podman container that just ended is left alone for a moment. */
  async #settled(known: Known): Promise<void> {
    const since = known.endedAt === null ? PODMAN_PAUSE_MS : this.#site.world.time.monotonic() - known.endedAt;
    if (this.kind === 'podman' && since < PODMAN_PAUSE_MS) await this.#site.pause(PODMAN_PAUSE_MS - since);
  }

  /** The container of an earlier start. @throws HF_REMOVED_OUTSIDE where somebody else removed it */
  async #reuse({ spec, unit, signal }: StartOrder, known: Known | null): Promise<Container | null> {
    const { engine, world, known: all } = this.#site;
    for (;;) {
      const found = await this.#site.ask(0.5, 10, () => {
        if (signal.aborted) throw new HoldfastError('HF_CANCELLED', { what: 'The start was called off' });
        this.#mayFail();
        return known ? (known.container.status === 'gone' ? null : known.container) : engine.find(spec.id, unit);
      });
      if (found?.status === 'removing') await this.#site.pause(20);
      else if (found || !known) return found;
      else {
        all.forget(known);
        if (unit !== null) return null;
        world.containers.removalTold(spec.id);
        throw removed(spec.name);
      }
    }
  }

  #create({ spec, unit, signal }: StartOrder): Promise<Container> {
    return this.#site.ask(0.5, 20, () => {
      if (signal.aborted) throw new HoldfastError('HF_CANCELLED', { what: 'The start was called off' });
      return this.#site.engine.find(spec.id, unit) ?? this.#site.engine.create(spec.id, unit);
    });
  }

  async #run(order: StartOrder, known: Known): Promise<Backend> {
    const { spec, generation, unit, signal } = order;
    const { engine, world, known: all } = this.#site;
    const { container } = known;
    if (container.running) {
      // A stdio server that an earlier daemon may have initialised is not asked again: it begins anew, as one does that was given up.
      const isNew = known.startedAt === null ? spec.transport !== 'stdio' : known.startedAt !== container.startedAt;
      if (isNew) return this.#takeOver(order, known);
      await this.#site.ask(0.5, 5, () => engine.kill(container, killed, 'holdfast'));
    }
    const attachment = spec.transport === 'stdio' ? await this.#attach(container) : null;
    const before = container.startedAt;
    await this.#site.ask(0.5, 10, () => {
      if (signal.aborted) throw new HoldfastError('HF_CANCELLED', { what: 'The start was called off' });
      if (container.there && !container.running) engine.start(container, generation);
    });
    if (container.there && container.process && container.startedAt !== before)
      return this.#backend({ spec, generation }, known, attachment, container.process.purpose.generation !== generation);
    if (!container.there) {
      all.forget(known);
      if (unit === null) world.containers.removalTold(spec.id);
      throw unit === null ? removed(spec.name) : ended(spec.name);
    }
    // It ran, and has ended already.
    known.startedAt = container.startedAt;
    throw ended(spec.name);
  }

  async #takeOver({ spec, generation }: StartOrder, known: Known): Promise<Backend> {
    const { container } = known;
    const attachment = spec.transport === 'stdio' ? await this.#attach(container) : null;
    if (!container.process || !container.running) throw ended(spec.name);
    this.#site.world.trace.note(container.id, `is taken over as generation ${generation}`);
    return this.#backend({ spec, generation }, known, attachment, true);
  }

  #attach(container: Container): Promise<Attachment> {
    return this.#site.ask(0.5, 5, () => this.#site.engine.attach(container, this.#site.lifeline));
  }

  #backend(
    { spec, generation }: Pick<StartOrder, 'spec' | 'generation'>,
    known: Known,
    attachment: Attachment | null,
    startedByOther: boolean,
  ): Backend {
    const { container } = known;
    const { process } = container;
    if (!process) throw ended(spec.name);
    const backend = new ContainerBackend({
      site: this.#site,
      container,
      process,
      generation,
      attachment,
      path: spec.launch.path,
      startedByOther,
    });
    known.startedAt = container.startedAt;
    known.run = backend;
    return backend;
  }

  #mayFail(): void {
    const { world, random } = this.#site;
    if (!world.faulty) return;
    const { startFails, startFailsForGood } = world.plan.faults;
    if (random.chance(startFails)) throw new HoldfastError('HF_SPAWN_FAILED', { what: 'The engine refused the start' });
    if (random.chance(startFailsForGood)) throw new HoldfastError('HF_COMMAND_NOT_FOUND', { what: 'The entry point is gone' });
  }
}

function removed(name: string): HoldfastError {
  return new HoldfastError('HF_REMOVED_OUTSIDE', { what: `The container of ${name} is gone` });
}

function ended(name: string): HoldfastError {
  return new HoldfastError('HF_SPAWN_FAILED', { what: `The container of ${name} ended at once` });
}
