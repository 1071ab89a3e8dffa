import { createEngineClient } from '../client/engine-client.ts';
import type { Probe } from './discover-engines.ts';

/** How long an address is given to say what it is, ms: a Podman that starts many containers takes seconds for that. */
const PROBE_WITHIN_MS = 5_000;

export const probeEngine: Probe = async (address) => {
  const client = createEngineClient({ address, timeoutMs: PROBE_WITHIN_MS });
  try {
    return await client.system.version();
  } finally {
    client.close();
  }
};
