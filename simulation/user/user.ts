import { asHoldfastError, type HoldfastError } from '../../src/core/errors/holdfast-error.ts';
import type { Workloads } from '../../src/core/ports/workloads.ts';
import type { WorkloadSpec } from '../../src/core/workload/spec.ts';
import type { Daemon } from '../daemon/daemon.ts';
import type { WorkloadPlan } from '../faults/plan.ts';
import type { Intent } from '../invariants/intents.ts';
import type { Machine } from '../machine/machine.ts';
import type { Random } from '../time/random.ts';
import type { World } from '../world.ts';

type Order = 'run' | 'stop' | 'start' | 'restart' | 'rm' | 'update';

/** An order that the daemon has not answered yet. */
interface Given {
  readonly order: Order;
  readonly at: number;
  readonly intent: Intent;
}

const silent = (): void => undefined;

/** The person at the command line: gives orders at any moment, also before the last one was carried out. */
export class User {
  readonly #world: World;
  readonly #machine: Machine;
  readonly #random: Random;
  readonly #daemon: () => Daemon | null;
  readonly open = new Set<Given>();
  #runs = 0;

  constructor(world: World, machine: Machine, daemon: () => Daemon | null) {
    this.#world = world;
    this.#machine = machine;
    this.#random = world.random.fork('user');
    this.#daemon = daemon;
  }

  /** Something at random, to one of the workloads. */
  act(): void {
    const plan = this.#random.pick(this.#world.plan.workloads);
    const intent = this.#world.intents.current(plan.name);
    if (!intent || intent.removed) return this.run(plan);
    const order = this.#random.pick(['stop', 'stop', 'start', 'start', 'restart', 'restart', 'rm', 'update'] as const);
    this.give(order, intent);
    if (order === 'stop' && this.#random.chance(0.5))
      this.#world.time.after(this.#random.magnitude(1, 30_000), () => this.give('start', intent));
    if (order === 'rm') this.#world.time.after(this.#random.magnitude(1, 20_000), () => this.run(plan));
  }

  run(plan: WorkloadPlan): void {
    const daemon = this.#daemon();
    const present = this.#world.intents.current(plan.name);
    if (!daemon || (present && !present.removed) || daemon.control.find(plan.name)?.spec.desired === 'running') return;
    this.#runs += 1;
    const spec: WorkloadSpec = { ...plan.spec, id: `${plan.name}-${this.#runs}`, createdAt: this.#world.time.now() };
    const intent = this.#world.intents.begin(spec.id, plan.name);
    const creation = daemon.control.create(spec, silent);
    creation.catch((error: unknown) => {
      if (asHoldfastError(error).code === 'HF_NAME_TAKEN' && !daemon.lifeline.dead) this.#world.intents.takeBack(plan.name, present);
    });
    this.#watch(daemon, 'run', intent, creation);
  }

  give(order: Exclude<Order, 'run'>, intent: Intent): void {
    const daemon = this.#daemon();
    // An order names a workload; it is meant for the one that the user knows under that name.
    if (!daemon || intent.removed || daemon.control.find(intent.name)?.spec.id !== intent.id) return;
    const { control } = daemon;
    const before = intent.desired;
    const desired = wanted(order, before);
    intent.desired = desired;
    intent.settled = false;
    intent.rests = null;
    this.#machine.notSpared(intent.id);
    if (order === 'rm') intent.removed = true;
    this.#watch(daemon, order, intent, this.#call(control, order, intent.name), before);
  }

  isAsking(intent: Intent): boolean {
    return [...this.open].some((given) => given.intent === intent);
  }

  /** A removal that failed is tried again. */
  removeAgain(intent: Intent): void {
    const daemon = this.#daemon();
    if (daemon) this.#watch(daemon, 'rm', intent, daemon.control.remove(intent.name, silent));
  }

  /** A daemon died: what it had not answered may have been done or not. */
  forget(): void {
    for (const { intent } of this.open) intent.desired = 'unknown';
    this.open.clear();
  }

  #call(control: Workloads, order: Exclude<Order, 'run'>, name: string): Promise<unknown> {
    switch (order) {
      case 'stop':
        return control.stop(name, silent);
      case 'start':
        return control.start(name, silent);
      case 'restart':
        return control.restart(name, silent);
      case 'rm':
        return control.remove(name, silent);
      case 'update': {
        const spec = control.find(name)?.spec;
        if (!spec) return Promise.reject(new Error('it is gone'));
        return control.update(name, { ...spec, errorLogLines: this.#random.int(0, 20) }, this.#random.chance(0.5), silent);
      }
    }
  }

  #watch(daemon: Daemon, order: Order, intent: Intent, outcome: Promise<unknown>, before: Intent['desired'] = 'running'): void {
    const given: Given = { order, at: this.#world.time.monotonic(), intent };
    this.open.add(given);
    this.#world.trace.note('user', `${order} ${intent.id}`);
    outcome.then(
      () => {
        if (daemon.lifeline.dead || !this.open.delete(given)) return;
        this.#world.trace.note('user', `${order} ${intent.id} is done`);
        this.#succeeded(order, intent);
      },
      (thrown: unknown) => {
        if (daemon.lifeline.dead || !this.open.delete(given)) return;
        const error = asHoldfastError(thrown);
        this.#world.trace.note('user', `${order} ${intent.id} failed: ${error.code} ${error.message}`);
        this.#failed(daemon, order, intent, error, before);
      },
    );
  }

  #succeeded(order: Order, intent: Intent): void {
    const desired = wanted(order, intent.desired);
    if (intent.desired !== desired) return;
    intent.settled = true;
    if (order === 'stop' || order === 'rm') this.#world.nothingLives(intent);
  }

  #failed(daemon: Daemon, order: Order, intent: Intent, error: HoldfastError, before: Intent['desired']): void {
    if (order === 'rm') this.#world.containers.rmFailed(intent.id);
    if (error.code === 'HF_INTERNAL') this.#world.trace.note('user', error.stack ?? '');
    // Nothing was changed by an order that was refused.
    if (error.code === 'HF_WORKLOAD_UNKNOWN' && order !== 'rm') {
      intent.desired = before;
      return;
    }
    if (order === 'run' && daemon.control.find(intent.name)?.spec.id === intent.id && error.code === 'HF_CANCELLED') return;
    if (error.code === 'HF_CANCELLED' && order !== 'run') return;
    if (order === 'run') {
      intent.removed = true;
      intent.desired = daemon.control.find(intent.name)?.spec.id === intent.id ? 'unknown' : 'gone';
    }
    if (order === 'rm') intent.desired = 'gone';
  }
}

function wanted(order: Order, before: Intent['desired']): Intent['desired'] {
  switch (order) {
    case 'run':
    case 'start':
    case 'restart':
      return 'running';
    case 'stop':
      return 'stopped';
    case 'rm':
      return 'gone';
    case 'update':
      return before;
  }
}
