import type { Client } from '@modelcontextprotocol/client';
import { HoldfastError } from '../../api/contract/errors.ts';
import { version } from '../../api/contract/version.ts';
import type { Workload } from '../../api/contract/workload.ts';
import type { Context } from '../context.ts';
import { notServed } from '../not-served.ts';
import { pathOf } from '../operations.ts';
import { usage } from '../usage.ts';
import { mcpError } from './mcp-error.ts';

export type McpTransport = 'auto' | 'streamable-http' | 'sse';

export interface McpTarget {
  /** Name of a workload, or a URL. */
  readonly server: string | undefined;
  readonly transport: McpTransport;
  /** For every request, ms. */
  readonly timeoutMs: number;
}

/**
 * Connects an official client to a server, works with it, and ends the session.
 * @throws HF_USAGE, HF_WORKLOAD_UNKNOWN, HF_REQUEST_TIMEOUT, HF_BAD_ANSWER, what the server's errors say
 */
export async function withServer<T>(
  context: Context,
  target: McpTarget,
  work: (client: Client, options: { timeout: number; signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  if (target.transport === 'sse')
    throw new HoldfastError('HF_UNSUPPORTED', { what: 'Servers that speak SSE only cannot be spoken to yet' });
  const url = await urlOf(context, target.server);
  const sdk = await import('@modelcontextprotocol/client');
  const client = new sdk.Client({ name: 'holdfast', version }, { versionNegotiation: { mode: 'auto' } });
  const options = { timeout: target.timeoutMs, signal: context.interrupted };
  const session = new sdk.StreamableHTTPClientTransport(url);
  try {
    await client.connect(session, options);
    return await work(client, options);
  } catch (error) {
    throw mcpError(error, url, sdk);
  } finally {
    // The answer is there; a server that cannot end its session is no reason to fail.
    await session.terminateSession().catch(() => {});
    await client.close().catch(() => {});
  }
}

async function urlOf({ api }: Context, server: string | undefined): Promise<URL> {
  if (server === undefined) throw usage('--server is missing', 'Give the name of a workload or a URL: --server NAME.');
  if (/^https?:\/\//.test(server)) {
    if (!URL.canParse(server)) throw usage(`--server ${JSON.stringify(server)} is not a URL`);
    return new URL(server);
  }
  const { url } = await (await api()).json<Workload>({ method: 'GET', path: pathOf(server) });
  if (url === '') throw notServed(server);
  return new URL(url);
}
