import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { LogReader } from '../../core/ports/log-reader.ts';
import type { ObservedExit, Runtime } from '../../core/ports/runtime.ts';
import type { EngineClient } from './client/engine-client.ts';
import type { EngineKind } from './client/engine-system.ts';
import { adoptContainer } from './container/adopt-container.ts';
import { TRIAL } from './container/container-plan.ts';
import { EngineFacts } from './container/engine-facts.ts';
import type { EngineSite } from './container/engine-site.ts';
import { InstanceNetwork } from './container/instance-network.ts';
import { KnownContainers } from './container/known-containers.ts';
import { NewVolumes } from './container/new-volumes.ts';
import { startContainer } from './container/start-container.ts';
import { forgetWorkload, removeSessionLeftovers, removeStrangers, stopLeftovers } from './container/sweep-containers.ts';
import { createContainerLogReader } from './logs/container-log-reader.ts';
import { EngineWatch } from './watch/engine-watch.ts';
import { NewsDesk } from './watch/news-desk.ts';

export interface ContainerRuntimeOptions {
  /** Of one address; the runtime closes it. */
  readonly client: EngineClient;
  readonly kind: EngineKind;
  /** UUID of the state folder: only containers that carry it are ours. */
  readonly instance: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Takes known secrets out of a text before it leaves this runtime. */
  readonly redact?: (text: string) => string;
  /** Whether there is such a workload: containers of others that carry the instance's label are removed, once, when the engine first answers. */
  readonly isWorkload: (workloadId: string) => boolean;
  /** Containers of unknown workloads were removed. */
  readonly strangersRemoved?: (count: number) => void;
}

export interface ContainerRuntime extends Runtime {
  readonly kind: EngineKind;
  /** What the servers wrote, as the engine keeps it. */
  readonly logs: LogReader;
  /** Lets go of everything without ending a container. On Podman stdio servers read the end of their stdin then. */
  close(): void;
}

/** Runs servers as containers of one engine. Nothing is connected before it is needed. */
export function createContainerRuntime(options: ContainerRuntimeOptions): ContainerRuntime {
  const { client, kind, instance, clock } = options;
  const log = options.log.child({ engine: client.address.address });
  const redact = options.redact ?? ((text: string) => text);
  const desk = new NewsDesk(() => site);
  let strangersSought = false;
  const watch = new EngineWatch({
    client,
    clock,
    log,
    instance,
    listener: {
      event: (event) => desk.event(event),
      async listed(containers, news) {
        await desk.listed(containers, news === 'connected');
        if (strangersSought) return;
        strangersSought = true;
        const count = await removeStrangers(site, containers, options.isWorkload);
        if (count > 0) options.strangersRemoved?.(count);
      },
      lost() {
        // Another engine may come up at the address, and be asked about containers before its listing comes.
        site.facts.forget();
        desk.lost();
      },
      back: (since) => desk.back(since),
    },
  });
  const site: EngineSite = {
    client,
    kind,
    instance,
    clock,
    log,
    redact,
    known: new KnownContainers(),
    watch,
    facts: new EngineFacts(client, kind),
    network: new InstanceNetwork(client, kind, instance),
    volumes: new NewVolumes(client),
    appeared: (workloadId, unit) => desk.appeared(workloadId, unit),
  };
  /** How generations ended that could not be adopted. */
  const ends = new Map<string, ObservedExit | null>();
  /** Workloads of which leftovers of an earlier daemon were looked for. */
  const swept = new Set<string>();

  return {
    kind,
    // The end of Podman's attachment closes the server's stdin for good.
    capabilities: { stdioReattach: kind === 'docker' },
    logs: createContainerLogReader(site),
    start: (order) => startContainer(site, order.spec.sessions === 'isolated' ? { ...order, unit: order.unit ?? TRIAL } : order),
    async adopt(spec, incarnation, generation) {
      if (incarnation.runtime !== kind) return null;
      const adoption = await adoptContainer(site, spec, incarnation, generation);
      if (adoption.backend === null) ends.set(endKey(spec.name, generation), adoption.exit);
      return adoption.backend;
    },
    async recordedExit(workload, generation) {
      const key = endKey(workload, generation);
      const exit = ends.get(key) ?? null;
      ends.delete(key);
      return exit;
    },
    async sweep(workload, keep) {
      const { size } = keep ?? { size: 0 };
      if (size === 0) return stopLeftovers(site, workload);
      const sessions = site.known.ofWorkload(workload.id).some(({ unit }) => unit !== null);
      if (swept.has(workload.id) && !sessions) return 0;
      const found = await removeSessionLeftovers(site, workload);
      swept.add(workload.id);
      return found;
    },
    async forget(spec, neverReady = false) {
      await forgetWorkload(site, spec, neverReady);
      swept.delete(spec.id);
      // Nothing of this instance is left at the engine: it is left alone.
      if (site.known.all().length === 0 && desk.idle) watch.close();
    },
    watch(workload, news) {
      watch.open();
      const stop = desk.watch(workload.id, news);
      return () => {
        stop();
        if (site.known.all().length === 0 && desk.idle) watch.close();
      };
    },
    close() {
      for (const { run } of site.known.all()) run?.abandon();
      watch.close();
      client.close();
    },
  };
}

function endKey(workload: string, generation: number): string {
  return `${workload}\n${generation}`;
}
