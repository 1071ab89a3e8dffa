import type { EngineContainers } from './containers/engine-containers.ts';
import type { EngineAddress } from './engine-address.ts';
import type { EngineImages } from './engine-images.ts';
import type { EngineNetworks } from './engine-networks.ts';
import type { EngineSystem } from './engine-system.ts';
import type { EngineEvents } from './events/engine-events.ts';

/** A Docker or Podman engine, spoken to by the Docker API. No method connects before it is called; there is nothing to await. */
export interface EngineClient {
  readonly address: EngineAddress;
  readonly system: EngineSystem;
  readonly containers: EngineContainers;
  readonly images: EngineImages;
  readonly networks: EngineNetworks;
  readonly events: EngineEvents;
  /** Drops every connection: what is in flight fails with `cancelled`, streams end. */
  close(): void;
}

export interface EngineClientOptions {
  readonly address: EngineAddress;
  /** Bound of every call but events, attach, logs and pull; a stop has its grace on top. Default 5 s. */
  readonly timeoutMs?: number;
}

export function createEngineClient(options: EngineClientOptions): EngineClient {
  throw new Error(`no client for ${options.address.address} yet`);
}
