import type { Clock } from '../../../core/ports/clock.ts';
import type { Log } from '../../../core/ports/log.ts';
import type { EngineClient } from '../client/engine-client.ts';
import type { EngineKind } from '../client/engine-system.ts';
import type { EngineWatch } from '../watch/engine-watch.ts';
import type { EngineFacts } from './engine-facts.ts';
import type { InstanceNetwork } from './instance-network.ts';
import type { KnownContainers } from './known-containers.ts';
import type { NewVolumes } from './new-volumes.ts';

/** What everything that is done about containers of one engine has at hand. */
export interface EngineSite {
  readonly client: EngineClient;
  readonly kind: EngineKind;
  /** UUID of the state folder: only what carries it is ours. */
  readonly instance: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly redact: (text: string) => string;
  readonly known: KnownContainers;
  readonly watch: EngineWatch;
  readonly facts: EngineFacts;
  readonly network: InstanceNetwork;
  readonly volumes: NewVolumes;
  /** Tells whoever watches the workload that somebody else has started its container. */
  readonly appeared: (workloadId: string, unit: string | null) => void;
}
