import { findConnected, type IpEndpoint, ipv4Entry, ipv6Entry, rowStart, scanSocketTable } from './ip-socket-table.ts';

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

/** A program may reach 127.0.0.1 through a socket of IPv6 (Java does), so one that is not in the first table may be in the second. */
const TABLES = [
  ['/proc/net/tcp', ipv4Entry],
  ['/proc/net/tcp6', ipv6Entry],
] as const;

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
      let missing = waiting;
      waiting = [];
      for (const [file, entryOf] of TABLES) {
        if (missing.length === 0) break;
        const starts = new Map(missing.map((one) => [one, rowOfPeer(one.connection, entryOf)]));
        await scanSocketTable(file, (rows) => {
          missing = missing.filter((one) => {
            const start = starts.get(one);
            const row = start ? findConnected(rows, start) : null;
            if (row !== null) one.resolve(row.uid);
            return row === null;
          });
          return missing.length === 0;
        });
      }
      for (const { resolve } of missing) resolve(null);
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

/** The peer's row has the peer's address first. Null for addresses that are not in this table. */
function rowOfPeer({ local, remote }: AcceptedConnection, entryOf: (endpoint: IpEndpoint) => string | null): Buffer | null {
  const own = entryOf(local);
  const peer = entryOf(remote);
  return own === null || peer === null ? null : rowStart(peer, own);
}
