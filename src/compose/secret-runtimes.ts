import type { Runtime, Runtimes } from '../core/ports/runtime.ts';
import type { Secrets } from '../core/ports/secrets.ts';
import { withSecrets } from '../usecases/resolve-secrets.ts';

/** Runtimes that are handed the values of secrets at each start, and at no other time: nothing else needs them, and no spec on disk has them. */
export function runtimesWithSecrets(runtimes: Runtimes, secrets: Pick<Secrets, 'get'>): Runtimes {
  const made = new WeakMap<Runtime, Runtime>();
  return {
    of(spec) {
      const runtime = runtimes.of(spec);
      const present = made.get(runtime);
      if (present) return present;
      const wrapped = runtimeWithSecrets(runtime, secrets);
      made.set(runtime, wrapped);
      return wrapped;
    },
  };
}

function runtimeWithSecrets(runtime: Runtime, secrets: Pick<Secrets, 'get'>): Runtime {
  const { kind, capabilities } = runtime;
  return {
    kind,
    capabilities,
    start: async (order) => runtime.start({ ...order, spec: await withSecrets(order.spec, secrets) }),
    adopt: (...args) => runtime.adopt(...args),
    sweep: (...args) => runtime.sweep(...args),
    forget: (...args) => runtime.forget(...args),
    ...(runtime.recordedExit === undefined ? {} : { recordedExit: runtime.recordedExit.bind(runtime) }),
    ...(runtime.watch === undefined ? {} : { watch: runtime.watch.bind(runtime) }),
  };
}
