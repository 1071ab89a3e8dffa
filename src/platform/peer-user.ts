import { findConnected, type IpEndpoint, ipv4Entry, ipv6Entry, readSocketTable } from './ip-socket-table.ts';

/** A connection as the side that accepted it sees it. */
export interface AcceptedConnection {
  readonly local: IpEndpoint;
  readonly remote: IpEndpoint;
}

/** Tells whose program is at the other end of a loopback connection. */
export interface PeerUsers {
  /**
   * Number of the user who owns the peer's socket; null where that cannot be told: the peer has closed it already, lives in another network
   * namespace, or this is not Linux.
   */
  find(connection: AcceptedConnection): Promise<number | null>;
}

interface Waiting {
  readonly connection: AcceptedConnection;
  readonly resolve: (uid: number | null) => void;
}

/**
 * The kernel has no cheaper answer for one connection than its whole table, whose reading walks a hash table sized by the machine's memory
 * (milliseconds of a worker thread, none of the event loop). So lookups share: those that come while the table is read wait for the next
 * reading, which is one for all of them. A table that was read before a connection was made is never used for it.
 */
export function createPeerUsers(platform: NodeJS.Platform = process.platform): PeerUsers {
  let waiting: Waiting[] = [];
  let reading = false;

  const readForAll = async (): Promise<void> => {
    reading = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const missing = answer(batch, await readSocketTable('/proc/net/tcp'), ipv4Entry);
      // A program may reach 127.0.0.1 through a socket of IPv6 (Java does).
      const unknown = missing.length === 0 ? [] : answer(missing, await readSocketTable('/proc/net/tcp6'), ipv6Entry);
      for (const { resolve } of unknown) resolve(null);
    }
    reading = false;
  };

  return {
    find(connection) {
      if (platform !== 'linux') return Promise.resolve(null);
      return new Promise((resolve) => {
        waiting.push({ connection, resolve });
        if (!reading) void readForAll();
      });
    },
  };
}

/** Resolves those that the table knows; answers the others. */
function answer(batch: readonly Waiting[], table: Buffer, entryOf: (endpoint: IpEndpoint) => string | null): Waiting[] {
  return batch.filter(({ connection, resolve }) => {
    const own = entryOf(connection.local);
    const peer = entryOf(connection.remote);
    // The peer's row has the peer's address first.
    const row = own === null || peer === null ? null : findConnected(table, peer, own);
    if (row !== null) resolve(row.uid);
    return row === null;
  });
}
