import { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { GatewayEvents } from '../core/ports/gateway.ts';
import type { StoredWorkload } from '../core/ports/state-store.ts';
import type { Workloads, WorkloadView } from '../core/ports/workloads.ts';
import { fromStatus, resumeGeneration } from '../core/supervisor/status.ts';
import { newUnit, type UnitState } from '../core/supervisor/unit.ts';
import type { WorkloadSpec } from '../core/workload/spec.ts';
import { createGatewayEvents } from './gateway-events.ts';
import { create } from './operations/create.ts';
import { remove } from './operations/remove.ts';
import { restart, start, stop } from './operations/start.ts';
import { update } from './operations/update.ts';
import { restore } from './restore.ts';
import { shutdown } from './shutdown.ts';
import { createStartLane } from './start-lane.ts';
import { type ControlPorts, WorkloadLoop } from './workload-loop.ts';

/** At most two servers are being started at a time (`runtimes.md`). */
const STARTS_AT_A_TIME = 2;

/** All control loops of a daemon. */
export interface Control extends Workloads {
  /** Where the gateway reports to. */
  readonly gatewayEvents: GatewayEvents;
  /** Takes up what an earlier daemon left. Resolves when the gateway serves all of it (requests are held); starts go on by themselves. */
  restore(stored: readonly StoredWorkload[]): Promise<void>;
  /**
   * Ends supervision; what is desired stays. `keepBackends`: what the next daemon can adopt is left running. Nothing is written afterwards.
   */
  shutdown(options: { readonly keepBackends: boolean }): Promise<void>;
}

/** Puts workloads under supervision. It starts nothing by itself: `restore` and `create` do. */
export function createWorkloads(ports: ControlPorts): Control {
  return new ControlLoops(ports);
}

class ControlLoops implements Control {
  readonly gatewayEvents: GatewayEvents;
  readonly #ports: ControlPorts;
  readonly #lane = createStartLane(STARTS_AT_A_TIME);
  readonly #loops = new Map<string, WorkloadLoop>();
  readonly #creations = new Set<Promise<void>>();
  readonly #watchers = new Set<(name: string, view: WorkloadView | null) => void>();
  #stopping = false;

  constructor(ports: ControlPorts) {
    this.#ports = ports;
    this.gatewayEvents = createGatewayEvents((name) => this.#loops.get(name), ports.events);
  }

  list(): readonly WorkloadView[] {
    return [...this.#loops.values()].map((loop) => loop.view()).toSorted((a, b) => (a.spec.name < b.spec.name ? -1 : 1));
  }

  find(name: string): WorkloadView | null {
    return this.#loops.get(name)?.view() ?? null;
  }

  get(name: string): WorkloadView {
    return this.#known(name).view();
  }

  async create(spec: WorkloadSpec, progress: Parameters<Workloads['create']>[1]): Promise<WorkloadView> {
    this.#refuseWhenStopping();
    this.#ports.runtimes.of(spec);
    // No await between the last look and taking the name: of several that wait for it one gets it.
    for (let present = this.#loops.get(spec.name); present; present = this.#loops.get(spec.name)) await this.#untilGone(present);
    const loop = this.#add(spec, { ...newUnit('running', false), parked: true }, 0);
    const creation = create(loop, progress);
    const settled = creation.catch(() => undefined);
    this.#creations.add(settled);
    try {
      await creation;
    } finally {
      this.#creations.delete(settled);
    }
    return loop.view();
  }

  async update(name: string, spec: WorkloadSpec, anew: boolean, progress: Parameters<Workloads['update']>[3]): Promise<WorkloadView> {
    const loop = this.#obeying(name);
    await update(loop, spec, anew, progress);
    return loop.view();
  }

  async start(name: string, progress: Parameters<Workloads['start']>[1]): Promise<WorkloadView> {
    const loop = this.#obeying(name);
    await start(loop, progress);
    return loop.view();
  }

  async stop(name: string, progress: Parameters<Workloads['stop']>[1], graceMs?: number): Promise<WorkloadView> {
    const loop = this.#obeying(name);
    await stop(loop, progress, graceMs ?? null);
    return loop.view();
  }

  async restart(name: string, progress: Parameters<Workloads['restart']>[1]): Promise<WorkloadView> {
    const loop = this.#obeying(name);
    await restart(loop, progress);
    return loop.view();
  }

  async remove(name: string, progress: Parameters<Workloads['remove']>[1]): Promise<void> {
    this.#refuseWhenStopping();
    await remove(this.#known(name), progress, null);
  }

  watch(callback: (name: string, view: WorkloadView | null) => void): () => void {
    this.#watchers.add(callback);
    return () => this.#watchers.delete(callback);
  }

  async restore(stored: readonly StoredWorkload[]): Promise<void> {
    const { clock, bootId } = this.#ports;
    const context = { now: clock.now(), monotonic: clock.monotonic(), bootId };
    const loops = stored.map(({ spec, status }) => {
      const own = status?.specId === spec.id ? status : null;
      const state = fromStatus(spec, own, context);
      // Sessions ask for their backends themselves.
      const main: UnitState =
        spec.sessions === 'isolated' ? { ...newUnit('stopped', state.everReady), swept: false, stoppedBefore: state.stoppedBefore } : state;
      return this.#add(spec, main, resumeGeneration(spec, own, context.now));
    });
    await restore(loops);
  }

  async shutdown({ keepBackends }: { readonly keepBackends: boolean }): Promise<void> {
    this.#stopping = true;
    const stopping = new HoldfastError('HF_CANCELLED', { what: 'The daemon is stopping' });
    for (const loop of this.#loops.values()) loop.operations.rejectAll(stopping);
    // A workload that was not ready yet is removed by whoever was creating it.
    await Promise.all(this.#creations);
    await Promise.all([...this.#loops.values()].map((loop) => shutdown(loop, keepBackends)));
  }

  #add(spec: WorkloadSpec, state: UnitState, generation: number): WorkloadLoop {
    const loop: WorkloadLoop = new WorkloadLoop(this.#ports, this.#lane, spec, state, generation, () => this.#changed(loop));
    this.#loops.set(spec.name, loop);
    return loop;
  }

  #changed(loop: WorkloadLoop): void {
    const { name } = loop.spec;
    if (this.#loops.get(name) !== loop) return;
    if (loop.main.state.phase !== 'forgotten') {
      this.#tell(name, loop.view());
      return;
    }
    loop.end();
    this.#loops.delete(name);
    loop.record({ type: 'workload.removed', workload: name, message: 'removed', data: { id: loop.spec.id } });
    this.#tell(name, null);
  }

  #tell(name: string, view: WorkloadView | null): void {
    for (const watcher of this.#watchers) watcher(name, view);
  }

  /** Resolves when a workload that is being removed is gone. @throws HF_NAME_TAKEN where it stays */
  async #untilGone(loop: WorkloadLoop): Promise<void> {
    const { name } = loop.spec;
    if (!loop.removing) throw taken(name);
    await loop.operations.settled(() => loop.main.state.phase === 'forgotten' || loop.stuck !== null);
    if (loop.main.state.phase !== 'forgotten') throw taken(name);
    this.#refuseWhenStopping();
  }

  #known(name: string): WorkloadLoop {
    const loop = this.#loops.get(name);
    if (loop) return loop;
    throw new HoldfastError('HF_WORKLOAD_UNKNOWN', { what: `There is no workload named ${JSON.stringify(name)}` });
  }

  /** One that is being removed obeys nobody any more. */
  #obeying(name: string): WorkloadLoop {
    this.#refuseWhenStopping();
    const loop = this.#known(name);
    if (!loop.removing) return loop;
    throw new HoldfastError('HF_WORKLOAD_UNKNOWN', { what: `The workload ${JSON.stringify(name)} is being removed` });
  }

  #refuseWhenStopping(): void {
    if (this.#stopping) throw new HoldfastError('HF_CANCELLED', { what: 'The daemon is stopping' });
  }
}

function taken(name: string): HoldfastError {
  return new HoldfastError('HF_NAME_TAKEN', { what: `A workload named ${JSON.stringify(name)} exists already`, data: { name } });
}
