import { HoldfastError } from '../src/core/errors/holdfast-error.ts';
import type { Backend, ObservedExit, Runtime, StartOrder } from '../src/core/ports/runtime.ts';
import type { Endpoint } from '../src/core/ports/stdio-channel.ts';
import type { Incarnation } from '../src/core/workload/incarnation.ts';
import type { WorkloadSpec } from '../src/core/workload/spec.ts';

export const exit = {
  code: (exitCode: number): ObservedExit => ({ cause: 'exited', exitCode, signal: null, oom: false }),
  signal: (signal: string): ObservedExit => ({ cause: 'signalled', exitCode: null, signal, oom: false }),
  oom: (): ObservedExit => ({ cause: 'oom', exitCode: 137, signal: 'SIGKILL', oom: true }),
  unknown: (): ObservedExit => ({ cause: 'unknown', exitCode: null, signal: null, oom: false }),
};

/** A channel that takes everything and says nothing. */
const silentStdio: Endpoint = {
  kind: 'stdio',
  channel: { listen: () => undefined, write: () => 'taken', pause: () => undefined, resume: () => undefined, noise: () => undefined },
};

/** A server that exists only here. It outlives the control loops, as a real process outlives the daemon. */
export class SimulatedBackend implements Backend {
  readonly incarnation: Incarnation;
  readonly generation: number;
  readonly endpoint: Endpoint;
  readonly exited: Promise<ObservedExit>;
  readonly workloadId: string;
  readonly unit: string | null;
  alive = true;
  /** Grace of the stops that it got. */
  readonly stops: number[] = [];
  lines: string[] = [];
  /** What a stop does; by default the server obeys at once. Rejecting means that it could not be ended. */
  onStop: (graceMs: number) => Promise<void> = async () => this.die(exit.signal('SIGTERM'));
  #resolve: (observed: ObservedExit) => void = () => undefined;

  constructor(order: Pick<StartOrder, 'spec' | 'generation' | 'unit'>, pid: number) {
    this.generation = order.generation;
    this.unit = order.unit;
    this.workloadId = order.spec.id;
    this.incarnation = { runtime: 'process', bootId: 'boot', pid, startTime: `${pid}` };
    this.endpoint = order.spec.transport === 'stdio' ? silentStdio : { kind: 'http', url: `http://127.0.0.1:${40_000 + pid}/mcp` };
    this.exited = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  die(observed: ObservedExit): void {
    this.alive = false;
    this.#resolve(observed);
  }

  async stop(graceMs: number): Promise<void> {
    this.stops.push(graceMs);
    if (this.alive) await this.onStop(graceMs);
  }

  lastLines(count: number): Promise<string[]> {
    return Promise.resolve(this.lines.slice(-count));
  }
}

/** Processes without an operating system. What a start, an adoption or a sweep does can be replaced. */
export class SimulatedRuntime implements Runtime {
  readonly kind = 'process';
  readonly capabilities = { stdioReattach: false };
  /** Every backend that was ever started, oldest first. */
  readonly backends: SimulatedBackend[] = [];
  readonly forgotten: string[] = [];
  /** Runs before a start; throwing makes the start fail. */
  onStart: (order: StartOrder) => Promise<void> = () => Promise.resolve();
  onSweep: (workload: { readonly id: string }) => Promise<void> = () => Promise.resolve();
  onForget: (spec: WorkloadSpec) => Promise<void> = () => Promise.resolve();

  async start(order: StartOrder): Promise<SimulatedBackend> {
    await this.onStart(order);
    if (order.signal.aborted) throw new HoldfastError('HF_CANCELLED', { what: 'The start was called off' });
    const backend = new SimulatedBackend(order, this.backends.length + 1);
    this.backends.push(backend);
    return backend;
  }

  adopt(spec: WorkloadSpec, incarnation: Incarnation, generation: number): Promise<SimulatedBackend | null> {
    const found = this.alive(spec.id).find((backend) => backend.generation === generation);
    const same = found && JSON.stringify(found.incarnation) === JSON.stringify(incarnation);
    return Promise.resolve(same && found.endpoint.kind === 'http' ? found : null);
  }

  async sweep(workload: { readonly id: string }, keep: ReadonlySet<number> | null): Promise<number> {
    await this.onSweep(workload);
    const found = this.alive(workload.id).filter((backend) => !keep?.has(backend.generation));
    for (const backend of found) backend.die(exit.signal('SIGKILL'));
    return found.length;
  }

  async forget(spec: WorkloadSpec): Promise<void> {
    await this.onForget(spec);
    this.forgotten.push(spec.id);
  }

  alive(workloadId?: string): SimulatedBackend[] {
    return this.backends.filter((backend) => backend.alive && (workloadId === undefined || backend.workloadId === workloadId));
  }

  /** The newest backend. @throws when none was started */
  get newest(): SimulatedBackend {
    const backend = this.backends.at(-1);
    if (!backend) throw new Error('no backend was started');
    return backend;
  }
}
