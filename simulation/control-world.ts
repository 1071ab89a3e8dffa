import { type Control, createWorkloads } from '../src/control/workloads.ts';
import { HoldfastError } from '../src/core/errors/holdfast-error.ts';
import type { Progress } from '../src/core/ports/progress.ts';
import type { Runtime } from '../src/core/ports/runtime.ts';
import type { WorkloadSpec } from '../src/core/workload/spec.ts';
import { Life } from './life.ts';
import { ManualClock } from './manual-clock.ts';
import { ErrorsOnlyLog, MemoryEvents } from './memory-events.ts';
import { MemoryStore } from './memory-store.ts';
import { SimulatedGateway } from './simulated-gateway.ts';
import { exit, SimulatedRuntime } from './simulated-runtime.ts';
import { workloadSpec } from './workload-spec.ts';

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
  /** What has to be done outside before a server is started. */
  beforeRestart: (workload: string) => Promise<void> | null = () => null;
  control: Control = this.#newControl();

  /** The daemon dies as by SIGKILL, and another one comes up on the same disk and the same processes. */
  async reborn(): Promise<Control> {
    this.#life.end();
    this.store.loseWrites();
    this.#life = new Life();
    this.gateway = new SimulatedGateway();
    this.control = this.#newControl();
    const { workloads } = await this.store.load();
    await this.control.restore(workloads);
    return this.control;
  }

  #newControl(): Control {
    const life = this.#life;
    const runtime = life.runtime(this.runtime);
    return createWorkloads({
      runtimes: { of: (spec) => sameKind(runtime, spec.runtime) },
      gateway: this.gateway,
      store: life.store(this.store),
      events: this.events,
      log: this.log,
      clock: life.clock(this.clock),
      random: () => this.random(),
      bootId: this.bootId,
      beforeRestart: (workload) => this.beforeRestart(workload),
    });
  }
}

/** A world in which the workload `memory` runs for a moment already. */
export async function running(differences: Partial<WorkloadSpec> = {}): Promise<ControlWorld> {
  const world = new ControlWorld();
  await world.control.create(workloadSpec(differences), quiet);
  return world;
}

/** A world in which `memory` died before it was stable and waits for its next start. */
export async function inBackoff(): Promise<ControlWorld> {
  const world = await running();
  world.runtime.newest.die(exit.code(1));
  await world.clock.advance(0);
  if (world.control.get('memory').status.lifecycle !== 'backoff') throw new Error('it does not wait');
  return world;
}

function sameKind(runtime: Runtime, wanted: Runtime['kind']): Runtime {
  if (runtime.kind === wanted) return runtime;
  throw new HoldfastError('HF_UNSUPPORTED', { what: `The runtime ${wanted} is not available here` });
}
