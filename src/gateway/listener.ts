import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HoldfastError } from '../core/errors/holdfast-error.ts';

/** Longer than the clients' own: their keep-alive ends first, so no request meets a closing socket, ms. */
const KEEP_ALIVE_MS = 76_000;

export interface ListenerOptions {
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  /** Who listens on a port, where that can be known: `node (pid 123)`. */
  readonly portOwner: (port: number) => Promise<string | null>;
}

export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on a loopback port. @throws HF_PORT_TAKEN with the owner's name where it can be known */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 300_000 }, options.onRequest);
  try {
    await bind(server, options);
  } catch (error) {
    throw await explained(error, options);
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function bind(server: Server, { host, port }: ListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true, backlog: 1024 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function explained(error: unknown, { host, port, portOwner }: ListenerOptions): Promise<HoldfastError> {
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== 'EADDRINUSE' && code !== 'EACCES')
    return new HoldfastError('HF_INTERNAL', { what: `Cannot listen on ${host}:${port}`, cause: error });
  if (code === 'EACCES')
    return new HoldfastError('HF_PORT_TAKEN', {
      what: `Port ${port} may not be used by this user`,
      fix: 'Choose a port above 1023.',
      cause: error,
    });
  const owner = await portOwner(port);
  return new HoldfastError('HF_PORT_TAKEN', {
    what: `Port ${port} is in use${owner === null ? '' : ` by ${owner}`}`,
    data: { port, owner },
    cause: error,
  });
}
