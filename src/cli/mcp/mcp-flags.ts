import { span } from '../flags/duration.ts';
import { choice, type FlagValues, textFlag } from '../flags/flag.ts';
import type { McpTarget } from './open-server.ts';

const TIMEOUT_MS = 30_000;

/** Flags of the commands that speak to a server. */
export const mcpFlags = {
  server: textFlag('NAME|URL', 'The workload, or any URL'),
  timeout: span('How long the server may take', '30s'),
  transport: choice(['auto', 'streamable-http', 'sse'], 'How to speak', { standard: 'auto' }),
};

export function mcpTarget(flags: FlagValues<typeof mcpFlags>): McpTarget {
  return { server: flags.server, transport: flags.transport ?? 'auto', timeoutMs: flags.timeout ?? TIMEOUT_MS };
}
