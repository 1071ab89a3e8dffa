import { createEngineClient } from '../client/engine-client.ts';
import type { Probe } from './discover-engines.ts';

/** How long an address is given to say that it is there, ms; what it is, a busy engine may take longer to say. */
const PROBE_WITHIN_MS = 5_000;

export const probeEngine: Probe = async (address) => {
  const client = createEngineClient({ address, timeoutMs: PROBE_WITHIN_MS });
  try {
    return await client.system.version();
  } finally {
    client.close();
  }
};
