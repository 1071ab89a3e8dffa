import { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { Runtime, Runtimes } from '../core/ports/runtime.ts';

/** The runtimes of a daemon: the embedded one for processes. */
export function createRuntimes(processes: Runtime): Runtimes {
  return {
    of: ({ runtime }) => {
      if (runtime === processes.kind) return processes;
      throw new HoldfastError('HF_UNSUPPORTED', { what: `The runtime ${runtime} is not available here` });
    },
  };
}
