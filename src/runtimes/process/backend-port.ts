import { createServer } from 'node:net';
import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import { portOwner } from '../../platform/process-tree/port-owner.ts';

/** Which ports of this machine the servers of this Holdfast have. */
export interface BackendPorts {
  /** A free port of 127.0.0.1 that no other generation was given. */
  claimFree(): Promise<number>;
  /** Exactly this one. @throws HF_PORT_TAKEN when anything listens there: the handshake would reach that */
  claim(port: number): Promise<number>;
  release(port: number): void;
}

export function createBackendPorts(): BackendPorts {
  const claimed = new Set<number>();
  return {
    async claimFree() {
      for (;;) {
        const bound = await tryListen(0, '127.0.0.1');
        // Between the look and the server's own listen another start must not get the same one.
        if (typeof bound === 'number' && !claimed.has(bound)) {
          claimed.add(bound);
          return bound;
        }
        if (typeof bound === 'string') throw new HoldfastError('HF_SPAWN_FAILED', { what: 'No free port could be found', why: bound });
      }
    },
    async claim(port) {
      // A server may bind any of these; loopback of both families also meets those who bind all interfaces.
      for (const host of ['127.0.0.1', '::1']) {
        if ((await tryListen(port, host)) === 'EADDRINUSE') throw await taken(port);
      }
      claimed.add(port);
      return port;
    },
    release(port) {
      claimed.delete(port);
    },
  };
}

/** Listens and closes again. @returns the port, or the code of the error */
function tryListen(port: number, host: string): Promise<number | string> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}

async function taken(port: number): Promise<HoldfastError> {
  const owner = await portOwner(port);
  const whose = owner === null ? 'another program' : `${owner.program} (process ${owner.pid})`;
  return new HoldfastError('HF_PORT_TAKEN', {
    what: `Port ${port} is taken`,
    why: `${whose} listens on it`,
    fix: 'Stop that program, or choose another port with `--target-port`.',
    data: { port, pid: owner?.pid ?? null, program: owner?.program ?? null },
  });
}
