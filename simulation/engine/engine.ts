import type { ObservedExit } from '../../src/core/ports/runtime.ts';
import type { Lifeline } from '../daemon/lifeline.ts';
import type { Machine } from '../machine/machine.ts';
import { killed, type Process } from '../machine/process.ts';
import type { Random } from '../time/random.ts';
import type { World } from '../world.ts';
import { Attachment } from './attachment.ts';
import { Container } from './container.ts';
import { ContainerStdio } from './container-stdio.ts';
import { EngineEvents } from './engine-events.ts';

export type EngineKind = 'docker' | 'podman';
/** Whose doing something is. */
export type Actor = 'holdfast' | 'other';

const SIGTERM: ObservedExit = { cause: 'signalled', exitCode: null, signal: 'SIGTERM', oom: false };
/** How a new dockerd ends what lived through the SIGKILL of the old one. */
const AT_BOOT: ObservedExit = { cause: 'exited', exitCode: 0, signal: null, oom: false };

/** A container engine of the machine. It knows nothing of daemons but their connections, and lives on when they die. */
export class Engine {
  readonly kind: EngineKind;
  readonly world: World;
  readonly events: EngineEvents;
  readonly containers: Container[] = [];
  /** It answers. */
  up = true;
  /** When it went last, monotonic ms. */
  wentAt = -1;
  /** When it answered again last. */
  backAt = 0;
  readonly #machine: Machine;
  readonly #random: Random;

  constructor(kind: EngineKind, machine: Machine) {
    this.kind = kind;
    this.#machine = machine;
    this.world = machine.world;
    this.#random = machine.world.random.fork(`engine-${kind}`);
    this.events = new EngineEvents(machine.world, this.#random.fork('events'));
    this.create(null, null).status = 'running';
  }

  create(workloadId: string | null, unit: string | null): Container {
    const present = this.containers.find((other) => other.there && other.workloadId === workloadId && other.unit === unit);
    if (present && workloadId !== null)
      this.world.fail('two-containers', `a second container of ${workloadId} is made beside ${present.id}`);
    const container = new Container(`${this.kind}-${this.containers.length + 1}`, workloadId, unit);
    this.containers.push(container);
    if (workloadId === null) return container;
    const why = this.world.intents.forbidsStart(workloadId);
    if (why !== null) this.world.fail('resurrected', `a container of ${workloadId} is made although ${why}`);
    this.world.trace.note(container.id, `is made for ${workloadId}`);
    return container;
  }

  byId(id: string): Container | null {
    const container = this.containers.find((each) => each.id === id);
    return container && container.status !== 'gone' ? container : null;
  }

  find(workloadId: string, unit: string | null): Container | null {
    return this.of(workloadId).find((container) => container.unit === unit) ?? null;
  }

  /** Those of a workload that are there, or going. */
  of(workloadId: string): Container[] {
    return this.containers.filter((container) => container.workloadId === workloadId && container.status !== 'gone');
  }

  /** @param generation null where Holdfast does not start it */
  start(container: Container, generation: number | null): Process | null {
    const { workloadId, unit } = container;
    if (workloadId === null || !container.there || container.running) return null;
    const process = this.#machine.spawn({ workloadId, unit, generation: generation ?? 0 }, generation === null ? 'other' : 'holdfast');
    container.runs += 1;
    container.startedAt = `${container.id}@${container.runs}`;
    container.status = 'running';
    container.process = process;
    container.exit = null;
    container.spared = false;
    container.endedBySomebody = false;
    container.runByHoldfast = generation !== null;
    container.stdio =
      process.purpose.plan.server.transport === 'stdio' ? new ContainerStdio(container, process, this.kind === 'docker') : null;
    process.stdio = container.stdio;
    if (!container.stdio) this.#machine.listen(process);
    process.whenDead((exit) => this.#ended(container, process, exit));
    this.world.trace.note(container.id, `runs as ${process.name}`);
    this.events.emit({ action: 'start', container, startedAt: container.startedAt, by: generation === null ? 'other' : 'holdfast' });
    return process;
  }

  attach(container: Container, lifeline: Lifeline): Attachment {
    const attachment = new Attachment(container, lifeline);
    // Two of them would both get what the server says; the older one is on its way out wherever there are two.
    container.attachment?.abandon();
    container.attachment = attachment;
    return attachment;
  }

  /** SIGTERM, and SIGKILL where it is not obeyed in time. Calls back when it is dead. */
  stop(container: Container, graceMs: number, by: Actor, done: () => void = () => undefined): void {
    const { process } = container;
    if (!container.running || !process) return done();
    this.#touch(container, by, 'stop');
    this.unpause(container);
    const obeys = process.random.chance(0.8);
    const ms = obeys ? Math.min(graceMs, process.random.magnitude(1, 300)) : graceMs;
    this.world.time.after(ms, () => {
      process.die(obeys ? SIGTERM : killed);
      done();
    });
  }

  kill(container: Container, exit: ObservedExit, by: Actor): void {
    if (!container.running) return;
    this.#touch(container, by, 'kill');
    this.unpause(container);
    container.process?.die(exit);
  }

  /** `rm -f`: marked at once, gone a little later. */
  remove(container: Container, by: Actor): void {
    if (!container.there) return;
    if (container.workloadId === null && by === 'holdfast') this.world.fail('stranger-touched', `${container.id} is removed`);
    this.world.trace.note(container.id, `is removed by ${by}`);
    container.status = 'removing';
    container.process?.die(killed);
    this.world.time.after(this.#random.between(0.5, 60), () => {
      container.status = 'gone';
      this.events.emit({ action: 'destroy', container, startedAt: container.startedAt, by });
    });
  }

  pause(container: Container, ms: number): void {
    const { process } = container;
    if (!container.running || container.paused || !process) return;
    container.paused = true;
    container.spared = false;
    this.world.trace.note(container.id, 'is paused');
    process.freeze(ms);
    this.events.emit({ action: 'pause', container, startedAt: container.startedAt, by: 'other' });
    this.world.time.after(ms, () => {
      if (container.process === process) this.unpause(container);
    });
  }

  unpause(container: Container): void {
    if (!container.paused) return;
    container.paused = false;
    this.events.emit({ action: 'unpause', container, startedAt: container.startedAt, by: 'other' });
  }

  /** Stops as by `systemctl stop`: docker stops every container first, as if somebody had asked for it. Podman's containers live on. */
  shutDown(): void {
    if (!this.up) return;
    if (this.kind === 'podman') return this.vanish();
    this.world.trace.note(this.kind, 'shuts down');
    for (const container of this.containers) {
      if (!container.running) continue;
      this.events.emit({ action: 'kill', container, startedAt: container.startedAt, by: 'other' });
      container.process?.die(SIGTERM);
    }
    this.world.time.after(this.#random.between(5, 50), () => this.vanish());
  }

  /** It is gone from one moment to the next. Its containers live on; the connections to them do not. */
  vanish(): void {
    if (!this.up) return;
    this.world.trace.note(this.kind, 'is away');
    this.up = false;
    this.wentAt = this.world.time.monotonic();
    this.world.containers.engineGoes();
    for (const container of this.containers) {
      container.spared = false;
      container.attachment?.lose(this.#random.between(0, 20));
    }
    this.events.breakAll();
  }

  /** It answers again. @param killsSurvivors without live-restore docker ends what it finds running */
  comeBack(killsSurvivors: boolean): void {
    if (this.up) return;
    if (this.kind === 'docker' && killsSurvivors)
      for (const container of this.containers) if (container.running) container.process?.die(AT_BOOT);
    this.up = true;
    this.backAt = this.world.time.monotonic();
    this.world.trace.note(this.kind, 'is back');
  }

  /** The connections of a dead daemon break. */
  daemonDied(): void {
    for (const container of this.containers) container.attachment?.lose(0);
    this.events.breakAll();
  }

  #touch(container: Container, by: Actor, action: 'stop' | 'kill'): void {
    this.world.trace.note(container.id, `${action} by ${by}`);
    if (by === 'holdfast') {
      if (container.workloadId === null) this.world.fail('stranger-touched', `${container.id} is ended`);
      if (container.spared) this.world.fail('not-spared', `${container.id} lived through the death of a daemon, and the next one ends it`);
      return;
    }
    container.spared = false;
    this.events.emit({ action: 'kill', container, startedAt: container.startedAt, by });
  }

  #ended(container: Container, process: Process, exit: ObservedExit): void {
    if (container.process !== process) return;
    container.process = null;
    container.exit = exit;
    container.paused = false;
    container.spared = false;
    container.finishedAt = this.world.time.now();
    container.endedAt = this.world.time.monotonic();
    if (container.status === 'running') container.status = 'exited';
    if (this.up) this.events.emit({ action: 'die', container, startedAt: container.startedAt, by: 'other' });
  }
}
