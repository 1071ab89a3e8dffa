import { type Control, createWorkloads } from '../src/control/workloads.ts';
import type { Progress } from '../src/core/ports/progress.ts';
import type { Runtime } from '../src/core/ports/runtime.ts';
import type { RuntimeKind } from '../src/core/workload/spec.ts';
import { Life } from './life.ts';
import { ManualClock } from './manual-clock.ts';
import { ErrorsOnlyLog, MemoryEvents } from './memory-events.ts';
import { MemoryStore } from './memory-store.ts';
import { SimulatedGateway } from './simulated-gateway.ts';
import { SimulatedRuntime } from './simulated-runtime.ts';

export const quiet: Progress = () => undefined;

/** The real control loops on simulated ports. `daemon` can die and be born again; runtime, disk and clock live on. */
export class ControlWorld {
  readonly clock = new ManualClock();
  readonly runtime = new SimulatedRuntime();
  readonly store = new MemoryStore();
  readonly events = new MemoryEvents(() => this.clock.now());
  readonly log = new ErrorsOnlyLog();
  gateway = new SimulatedGateway();
  bootId = 'boot';
  #life = new Life();
  random: () => number = () => 0.5;
  control: Control = this.#newControl();

  /** The daemon dies as by SIGKILL, and another one comes up on the same disk and the same processes. */
  async reborn(): Promise<Control> {
    this.#life.end();
    this.#life = new Life();
    this.gateway = new SimulatedGateway();
    this.control = this.#newControl();
    const { workloads } = await this.store.load();
    await this.control.restore(workloads);
    return this.control;
  }

  #newControl(): Control {
    const life = this.#life;
    return createWorkloads({
      runtimes: new Map<RuntimeKind, Runtime>([['process', life.runtime(this.runtime)]]),
      gateway: this.gateway,
      store: life.store(this.store),
      events: this.events,
      log: this.log,
      clock: life.clock(this.clock),
      random: () => this.random(),
      bootId: this.bootId,
    });
  }
}
