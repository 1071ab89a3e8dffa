import { chmod, lstat, unlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import type { ApiDeps } from './deps.ts';
import { createHandlers } from './handlers.ts';
import { createRouter } from './router.ts';

/** Node binds a longer path cut short, without a word. */
const MOST_PATH_BYTES = 100;
const CLOSE_GRACE_MS = 1_000;

export interface ApiServer {
  /**
   * Serves the control API on a unix socket (mode 0600; its folder must be private) or a named pipe. A socket that lies there is removed:
   * the caller holds the daemon's mutex. @throws HF_HOME
   */
  listen(path: string): Promise<void>;
  /** Ends streams and what `run` still resolves, waits a moment for answers under way, then closes and removes the socket. Idempotent. */
  close(): Promise<void>;
}

/** The control API of the daemon. */
export function createApiServer(deps: ApiDeps): ApiServer {
  const lifetime = new AbortController();
  let path = '';
  const handlers = createHandlers(deps, () => path);
  const router = createRouter({ handlers, log: deps.log, lifetime: lifetime.signal });
  const serve = getRequestListener(router.fetch, { overrideGlobalObjects: false });
  const server = createServer((request, response) => void serve(request, response));
  let closing: Promise<void> | null = null;

  return {
    async listen(where) {
      path = where;
      await bind(server, where);
    },
    close() {
      lifetime.abort();
      closing ??= shut(server);
      return closing;
    },
  };
}

async function bind(server: Server, path: string): Promise<void> {
  const pipe = isPipe(path);
  if (!pipe && Buffer.byteLength(path) > MOST_PATH_BYTES) {
    throw new HoldfastError('HF_HOME', { what: `The control socket's path is longer than ${MOST_PATH_BYTES} bytes`, why: path });
  }
  if (!pipe) await removeSocket(path);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new HoldfastError('HF_HOME', { what: `The control socket ${path} cannot be made`, why: cause.message, cause })),
    );
    server.listen(path, resolve);
  });
  if (!pipe) await chmod(path, 0o600);
}

/** Removes what an earlier daemon left; anything but a socket is not ours. */
async function removeSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return;
  if (!found.isSocket())
    throw new HoldfastError('HF_HOME', { what: `${path} is in the way of the control socket`, why: 'it is not a socket' });
  await unlink(path);
}

const isPipe = (path: string): boolean => path.startsWith('\\\\.\\pipe\\');

/** Node removes the socket itself when the server closes. */
function shut(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}
