import { createContainerCalls } from './containers/container-calls.ts';
import type { EngineContainers } from './containers/engine-containers.ts';
import type { EngineAddress } from './engine-address.ts';
import { createEngineApi } from './engine-api.ts';
import { createEngineGate } from './engine-gate.ts';
import type { EngineImages } from './engine-images.ts';
import type { EngineNetworks } from './engine-networks.ts';
import type { EngineSystem } from './engine-system.ts';
import type { EngineVolumes } from './engine-volumes.ts';
import type { EngineEvents } from './events/engine-events.ts';
import { createEventCalls } from './events/watch-events.ts';
import { createTransport } from './http/transport.ts';
import { createImageCalls } from './image-calls.ts';
import { createNetworkCalls } from './network-calls.ts';
import { createSystemCalls } from './system-calls.ts';
import { createVolumeCalls } from './volume-calls.ts';

const DEFAULT_TIMEOUT_MS = 5_000;

/** A Docker or Podman engine, spoken to by the Docker API. No method connects before it is called; there is nothing to await. */
export interface EngineClient {
  readonly address: EngineAddress;
  readonly system: EngineSystem;
  readonly containers: EngineContainers;
  readonly images: EngineImages;
  readonly networks: EngineNetworks;
  readonly volumes: EngineVolumes;
  readonly events: EngineEvents;
  /** Drops every connection: what is in flight fails with `cancelled`, attachments and watches end. */
  close(): void;
}

export interface EngineClientOptions {
  readonly address: EngineAddress;
  /** Bound of every call but events, attach, logs and pull; a stop has its grace on top. Default 5 s. */
  readonly timeoutMs?: number;
}

export function createEngineClient({ address, timeoutMs = DEFAULT_TIMEOUT_MS }: EngineClientOptions): EngineClient {
  const gate = createEngineGate(address);
  const transport = createTransport({ address, timeoutMs, gate });
  const local = address.address.startsWith('unix:') && process.platform === 'linux';
  const api = createEngineApi(transport, gate, local);
  const events = createEventCalls(api);
  return {
    address,
    system: createSystemCalls(api),
    containers: createContainerCalls(api, local),
    images: createImageCalls(api),
    networks: createNetworkCalls(api),
    volumes: createVolumeCalls(api),
    events,
    close() {
      events.close();
      transport.close();
    },
  };
}
