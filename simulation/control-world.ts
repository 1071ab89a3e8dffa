import { type Control, createWorkloads } from '../src/control/workloads.ts';
import type { Progress } from '../src/core/ports/progress.ts';
import type { RuntimeKind } from '../src/core/workload/spec.ts';
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
  random: () => number = () => 0.5;
  control: Control = this.#newControl();

  /** Another daemon on the same disk and the same processes; the earlier one has no part in it any more. */
  async reborn(): Promise<Control> {
    this.gateway = new SimulatedGateway();
    this.control = this.#newControl();
    const { workloads } = await this.store.load();
    await this.control.restore(workloads);
    return this.control;
  }

  #newControl(): Control {
    return createWorkloads({
      runtimes: new Map<RuntimeKind, SimulatedRuntime>([['process', this.runtime]]),
      gateway: this.gateway,
      store: this.store,
      events: this.events,
      log: this.log,
      clock: this.clock,
      random: () => this.random(),
      bootId: this.bootId,
    });
  }
}
