import { lstat } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import type { ApiClient } from '../api/connect/client.ts';
import { daemonListens } from '../api/connect/connect.ts';
import type { ClientUrl } from '../api/contract/clients.ts';
import type { Workload } from '../api/contract/workload.ts';
import { runBridge } from '../bridge/bridge.ts';
import type { GatewayAddress } from '../bridge/gateway-address.ts';
import { keyedUrl } from '../core/clients/keyed-url.ts';
import { HoldfastError } from '../core/errors/holdfast-error.ts';

export interface ProxyStdioOptions {
  readonly workload: string;
  /** Id of a registered AI client, or its key: its own URL is used. Null = the keyless one. */
  readonly client: string | null;
  /** The daemon, started if need be. */
  readonly api: () => Promise<ApiClient>;
  /** Path of its control socket. */
  readonly socket: string;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly note: (text: string) => void;
  readonly interrupted: AbortSignal;
}

/** Serves one workload on stdin and stdout until the client leaves. @throws as `runBridge`, HF_CLIENT_UNKNOWN, HF_CLIENT_NOT_REGISTERED */
export function proxyStdio({ workload, client, api, socket, ...streams }: ProxyStdioOptions): Promise<void> {
  const demand = async (): Promise<string> => urlOf(await api(), workload, client);
  const address: GatewayAddress = {
    demand,
    async look() {
      if (!(await daemonListens(socket)) && !(await isLeftBehind(socket))) return null;
      // Whatever is wrong with it, the next request of the client is told.
      return demand().catch(() => null);
    },
  };
  return runBridge({ ...streams, address });
}

async function urlOf(api: ApiClient, workload: string, client: string | null): Promise<string> {
  const path = `/v1/workloads/${encodeURIComponent(workload)}`;
  const isKey = client !== null && /^[0-9a-f]{32}$/.test(client);
  if (client !== null && !isKey) return (await api.json<ClientUrl>({ method: 'GET', path: `${path}/client-url`, query: { client } })).url;
  const { url } = await api.json<Workload>({ method: 'GET', path });
  if (url !== '') return isKey ? keyedUrl(url, client) : url;
  throw new HoldfastError('HF_PORT_TAKEN', {
    what: `${workload} has no URL at the moment`,
    why: 'the port that it would be served on is taken',
    data: { name: workload },
  });
}

/** A daemon that ends takes its socket away; one that dies cannot. */
function isLeftBehind(socket: string): Promise<boolean> {
  return lstat(socket).then(
    () => true,
    () => false,
  );
}
