import { close, open, read } from 'node:fs';

/** One end of a TCP connection. */
export interface IpEndpoint {
  /** As Node prints it: `127.0.0.1`, `::1`, `::ffff:127.0.0.1`. */
  readonly address: string;
  readonly port: number;
}

/** A row of `/proc/net/tcp` or `/proc/net/tcp6` (Documentation/networking/proc_net_tcp.rst of the Linux kernel). */
export interface SocketRow {
  readonly uid: number;
  /** 0 for a socket that no process holds any more; its `uid` then reads 0 too and means nothing. */
  readonly inode: number;
}

/** Fields of a row behind its two addresses: state, queues, timer, retransmits, uid, timeout, inode. */
const REST = /^[0-9A-F]{2} \S+ \S+ \S+ +(\d+) +\d+ (\d+) /;
/** More than the fields of `REST` can take. */
const REST_BYTES = 120;
const MAPPED = '::ffff:';

/** Room for what the kernel hands over in one read (a page), and the rest of a row of the read before. */
const BUFFER_BYTES = 16 * 1024;
const NEWLINE = 0x0a;

/**
 * Reads one of the tables, piece by piece, off the event loop. `visit` gets whole rows (valid only during the call) and answers whether it has
 * seen enough. A table that is not there (no IPv6) has no rows.
 */
export async function scanSocketTable(file: '/proc/net/tcp' | '/proc/net/tcp6', visit: (rows: Buffer) => boolean): Promise<void> {
  const descriptor = await new Promise<number | null>((resolve) => {
    open(file, 'r', (error, opened) => resolve(error === null ? opened : null));
  });
  if (descriptor === null) return;
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  await new Promise<void>((resolve) => {
    let rest = 0;
    // Callbacks, not promises: a page a read makes many reads.
    const next = (): void =>
      read(descriptor, buffer, rest, BUFFER_BYTES - rest, null, (error, bytes) => {
        // A table that breaks off tells as much as it told.
        if (error !== null || bytes === 0) return resolve();
        const end = rest + bytes;
        const rows = buffer.lastIndexOf(NEWLINE, end - 1) + 1;
        if (visit(buffer.subarray(0, rows))) return resolve();
        buffer.copyWithin(0, rows, end);
        rest = end - rows;
        return next();
      });
    next();
  });
  await new Promise<void>((resolve) => {
    close(descriptor, () => resolve());
  });
}

/** How the row of the socket at `local` that is connected to `remote` begins, behind its number. */
export function rowStart(local: string, remote: string): Buffer {
  return Buffer.from(`: ${local} ${remote} `);
}

/** The socket whose row begins so; null where there is none that a process holds. */
export function findConnected(rows: Buffer, start: Buffer): SocketRow | null {
  for (let at = rows.indexOf(start); at !== -1; at = rows.indexOf(start, at + 1)) {
    const row = readRow(rows, at + start.length);
    if (row !== null && row.inode !== 0) return row;
  }
  return null;
}

/** As `/proc/net/tcp` writes it, for IPv4 and for IPv4 in IPv6 form; null for other addresses. */
export function ipv4Entry({ address, port }: IpEndpoint): string | null {
  const parts = ipv4Of(address).split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return null;
  // Words are printed as numbers of the machine, so the bytes are turned round (every Linux that Node runs on but s390x).
  return `${parts.toReversed().map(hexByte).join('')}:${hexPort(port)}`;
}

/** As `/proc/net/tcp6` writes it: for `::1`, and for IPv4, which a program may reach through an IPv6 socket; null for other addresses. */
export function ipv6Entry({ address, port }: IpEndpoint): string | null {
  if (address === '::1') return `00000000000000000000000001000000:${hexPort(port)}`;
  const ipv4 = ipv4Entry({ address, port });
  return ipv4 === null ? null : `0000000000000000FFFF0000${ipv4}`;
}

function readRow(rows: Buffer, at: number): SocketRow | null {
  const found = REST.exec(rows.toString('latin1', at, at + REST_BYTES));
  return found === null ? null : { uid: Number(found[1]), inode: Number(found[2]) };
}

const ipv4Of = (address: string): string => (address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address);
const hexByte = (value: number): string => value.toString(16).padStart(2, '0').toUpperCase();
const hexPort = (port: number): string => port.toString(16).padStart(4, '0').toUpperCase();
