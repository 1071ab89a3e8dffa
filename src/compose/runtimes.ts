import { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { LogReader } from '../core/ports/log-reader.ts';
import type { Runtimes } from '../core/ports/runtime.ts';
import type { WorkloadSpec } from '../core/workload/spec.ts';
import { createEngineClient } from '../runtimes/engine/client/engine-client.ts';
import { type ContainerRuntime, createContainerRuntime } from '../runtimes/engine/container-runtime.ts';
import type { ProcessRuntime } from '../runtimes/process/process-runtime.ts';

export interface RuntimesOptions {
  readonly processes: ProcessRuntime;
  readonly instance: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly redact: (text: string) => string;
  readonly isWorkload: (workloadId: string) => boolean;
  readonly strangersRemoved: (count: number) => void;
}

export interface DaemonRuntimes extends Runtimes {
  /** What the servers wrote. @param find the spec of a workload; null = there is none */
  logs(find: (name: string) => WorkloadSpec | null): LogReader;
  /** Lets go of everything without ending a server. */
  close(): void;
}

/** The runtimes of a daemon: the embedded one for processes, and one for each engine that a workload is bound to, made when it is first needed. */
export function createRuntimes(options: RuntimesOptions): DaemonRuntimes {
  const { processes } = options;
  const engines = new Map<string, ContainerRuntime>();

  function engineOf({ runtime, container }: Pick<WorkloadSpec, 'runtime' | 'container'>): ContainerRuntime {
    if ((runtime !== 'docker' && runtime !== 'podman') || !container) {
      throw new HoldfastError('HF_UNSUPPORTED', { what: `The runtime ${runtime} is not available here` });
    }
    const { address, tls } = container.engine;
    const key = JSON.stringify([runtime, address, tls]);
    const present = engines.get(key);
    if (present) return present;
    const made = createContainerRuntime({ ...options, client: createEngineClient({ address: { address, tls } }), kind: runtime });
    engines.set(key, made);
    return made;
  }

  function logsOf(spec: WorkloadSpec | null): LogReader {
    return spec?.container ? engineOf(spec).logs : processes.logs;
  }

  return {
    of: (spec) => (spec.runtime === processes.kind ? processes : engineOf(spec)),
    logs: (find) => ({ read: (workload, query) => logsOf(find(workload.name)).read(workload, query) }),
    close() {
      processes.close();
      for (const engine of engines.values()) engine.close();
    },
  };
}
