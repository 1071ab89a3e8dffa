import { HoldfastError } from '../../src/core/errors/holdfast-error.ts';
import type { Backend, ObservedExit, Runtime, StartOrder } from '../../src/core/ports/runtime.ts';
import type { Endpoint } from '../../src/core/ports/stdio-channel.ts';
import type { Incarnation } from '../../src/core/workload/incarnation.ts';
import type { WorkloadSpec } from '../../src/core/workload/spec.ts';
import type { Lifeline } from '../daemon/lifeline.ts';
import type { Random } from '../time/random.ts';
import type { Machine } from './machine.ts';
import { killed, type Process } from './process.ts';
import { StdioPipes } from './stdio-pipes.ts';

/** The longest that news of an exit can take: the periodic look finds what was missed, ms. */
const RECONCILE_MS = 30_000;
const SIGTERM: ObservedExit = { cause: 'signalled', exitCode: null, signal: 'SIGTERM', oom: false };

/** The machine as one daemon drives it. */
export class MachineRuntime implements Runtime {
  readonly kind = 'process';
  readonly capabilities = { stdioReattach: false };
  /** The runtime answers nothing but "unavailable" until then, monotonic ms. */
  awayUntil = 0;
  readonly #machine: Machine;
  readonly #lifeline: Lifeline;
  readonly #random: Random;

  constructor(machine: Machine, lifeline: Lifeline, random: Random) {
    this.#machine = machine;
    this.#lifeline = lifeline;
    this.#random = random;
  }

  start(order: StartOrder): Promise<Backend> {
    return this.#after(this.#random.between(0.5, 10), () => {
      if (order.signal.aborted) throw new HoldfastError('HF_CANCELLED', { what: 'The start was called off' });
      this.#mayFail();
      const { spec, generation, unit } = order;
      return this.#backend(this.#machine.spawn({ workloadId: spec.id, unit, generation }), spec.launch.path);
    });
  }

  adopt(spec: WorkloadSpec, incarnation: Incarnation, generation: number): Promise<Backend | null> {
    return this.#after(this.#random.between(0.5, 5), () => {
      this.#mayBeAway();
      if (incarnation.runtime !== 'process' || incarnation.bootId !== this.#machine.bootId) return null;
      const process = this.#machine.process(incarnation.pid);
      const isIt = process?.alive && process.purpose.workloadId === spec.id && process.purpose.generation === generation;
      return isIt && process.http ? this.#backend(process, spec.launch.path) : null;
    });
  }

  sweep(workload: { readonly id: string; readonly name: string }, keep: ReadonlySet<number> | null): Promise<number> {
    return this.#after(this.#random.between(0.5, 8), () => {
      this.#mayBeAway();
      const { world } = this.#machine;
      if (world.faulty && this.#random.chance(world.plan.faults.sweepFails)) throw new Error('the sweep failed');
      const found = this.#machine.alive(workload.id).filter((process) => !keep?.has(process.purpose.generation));
      for (const process of found) process.die(killed);
      return found.length;
    });
  }

  forget(_spec: WorkloadSpec): Promise<void> {
    return this.#after(this.#random.between(0.5, 5), () => {
      const { world } = this.#machine;
      if (world.faulty && this.#random.chance(world.plan.faults.stopFails)) throw new Error('the logs could not be removed');
    });
  }

  #mayBeAway(): void {
    if (this.#machine.world.time.monotonic() < this.awayUntil)
      throw new HoldfastError('HF_RUNTIME_UNAVAILABLE', { what: 'The engine does not answer' });
  }

  #mayFail(): void {
    this.#mayBeAway();
    const { world } = this.#machine;
    if (!world.faulty) return;
    const { startFails, startFailsForGood } = world.plan.faults;
    if (this.#random.chance(startFails)) throw new HoldfastError('HF_SPAWN_FAILED', { what: 'EAGAIN' });
    if (this.#random.chance(startFailsForGood)) throw new HoldfastError('HF_COMMAND_NOT_FOUND', { what: 'The program is gone' });
  }

  /** Takes time; has no effect and no outcome where the daemon dies meanwhile. */
  #after<T>(ms: number, what: () => T): Promise<T> {
    return this.#lifeline.promise<T>((resolve, reject) => {
      this.#machine.world.time.after(ms, () => {
        if (!this.#lifeline.act()) return;
        try {
          resolve(what());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #backend(process: Process, path: string): Backend {
    return new MachineBackend(process, this.#endpoint(process, path), this.#machine, this.#lifeline);
  }

  #endpoint(process: Process, path: string): Endpoint {
    if (process.purpose.plan.server.transport === 'stdio') {
      process.pipes = new StdioPipes(process, this.#lifeline);
      process.stdio = process.pipes;
      return { kind: 'stdio', channel: process.pipes.channel };
    }
    const port = process.http?.port ?? this.#machine.listen(process);
    return { kind: 'http', url: `http://127.0.0.1:${port}${path}` };
  }
}

class MachineBackend implements Backend {
  readonly incarnation: Incarnation;
  readonly generation: number;
  readonly endpoint: Endpoint;
  readonly exited: Promise<ObservedExit>;
  readonly #process: Process;
  readonly #machine: Machine;
  readonly #lifeline: Lifeline;
  #stopping: Promise<void> | null = null;

  constructor(process: Process, endpoint: Endpoint, machine: Machine, lifeline: Lifeline) {
    this.#process = process;
    this.#machine = machine;
    this.#lifeline = lifeline;
    this.generation = process.purpose.generation;
    this.endpoint = endpoint;
    this.incarnation = { runtime: 'process', bootId: machine.bootId, pid: process.pid, startTime: `${process.pid}` };
    this.exited = lifeline.promise((resolve) => process.whenDead((exit) => this.#tell(exit, resolve)));
  }

  stop(graceMs: number): Promise<void> {
    this.#stopping ??= this.#stop(graceMs).finally(() => {
      this.#stopping = null;
    });
    return this.#stopping;
  }

  lastLines(count: number): Promise<string[]> {
    return Promise.resolve([`last line of process ${this.#process.pid}`].slice(0, count));
  }

  #tell(exit: ObservedExit, resolve: (exit: ObservedExit) => void): void {
    const { world } = this.#machine;
    const { random, pipes } = this.#process;
    const { lateExit, lostExit } = world.plan.faults;
    // The end of stdout says it too; where there is none, the periodic look does.
    if (world.faulty && random.chance(lostExit) && pipes) return;
    const isLost = world.faulty && random.chance(lostExit);
    const late = isLost
      ? random.between(5_000, RECONCILE_MS)
      : world.faulty && random.chance(lateExit)
        ? random.magnitude(10, 5_000)
        : random.between(0, 4);
    const tell = (): void => {
      world.time.after(late, () => {
        if (this.#lifeline.dead) return;
        this.#process.reportedAt = world.time.monotonic();
        resolve(exit);
      });
    };
    if (pipes) void pipes.drained.then(tell);
    else tell();
  }

  /** End of stdin, SIGTERM, SIGKILL: most servers obey the first, some only the last. */
  #stop(graceMs: number): Promise<void> {
    const process = this.#process;
    const { world } = this.#machine;
    return this.#lifeline.promise((resolve, reject) => {
      if (!this.#lifeline.act()) return;
      if (world.faulty && process.random.chance(world.plan.faults.stopFails)) {
        world.time.after(50, () => reject(new Error('it does not die')));
        return;
      }
      process.pipes?.closeStdin();
      const obeys = process.random.chance(0.8);
      const ms = obeys ? Math.min(graceMs, process.random.magnitude(1, 300)) : graceMs;
      world.time.after(ms, () => {
        if (this.#lifeline.dead) return;
        process.die(obeys ? SIGTERM : killed);
        world.time.after(process.random.between(0, 5), () => resolve());
      });
    });
  }
}
