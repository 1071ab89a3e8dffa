import type { Clock } from '../src/core/ports/clock.ts';
import type { Backend, Runtime, StartOrder } from '../src/core/ports/runtime.ts';
import type { StateStore } from '../src/core/ports/state-store.ts';

/** The life of one daemon. After its end nothing that it waits for comes, and nothing that it asks for happens. */
export class Life {
  readonly #end = new AbortController();

  end(): void {
    this.#end.abort();
  }

  get #alive(): boolean {
    return !this.#end.signal.aborted;
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      after: (ms, callback) =>
        clock.after(ms, () => {
          if (this.#alive) callback();
        }),
    };
  }

  store(store: StateStore): StateStore {
    return {
      load: () => this.#ask(() => store.load()),
      saveSpec: (spec) => this.#ask(() => store.saveSpec(spec)),
      saveStatus: (name, status) => this.#ask(() => store.saveStatus(name, status)),
      remove: (name, id) => this.#ask(() => store.remove(name, id)),
    };
  }

  runtime(runtime: Runtime): Runtime {
    return {
      kind: runtime.kind,
      capabilities: runtime.capabilities,
      start: (order) => this.#ask(async () => this.#backend(await runtime.start(this.#mortal(order)))),
      adopt: (spec, incarnation, generation) =>
        this.#ask(async () => {
          const backend = await runtime.adopt(spec, incarnation, generation);
          return backend && this.#backend(backend);
        }),
      sweep: (workload, keep) => this.#ask(() => runtime.sweep(workload, keep)),
      forget: (spec) => this.#ask(() => runtime.forget(spec)),
    };
  }

  /** A dead daemon spawns nothing. */
  #mortal(order: StartOrder): StartOrder {
    return { ...order, signal: AbortSignal.any([order.signal, this.#end.signal]) };
  }

  #backend(backend: Backend): Backend {
    const { incarnation, generation, endpoint } = backend;
    return {
      incarnation,
      generation,
      endpoint,
      exited: this.#ask(() => backend.exited),
      stop: (graceMs) => this.#ask(() => backend.stop(graceMs)),
      lastLines: (count) => this.#ask(() => backend.lastLines(count)),
    };
  }

  /** The question is asked, and its answer heard, only in life. */
  #ask<T>(question: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!this.#alive) return;
      question().then(
        (answer) => {
          if (this.#alive) resolve(answer);
        },
        (error: unknown) => {
          if (this.#alive) reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }
}
