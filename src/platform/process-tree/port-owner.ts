import { readdir, readFile, readlink } from 'node:fs/promises';

/** Who listens on a port. */
export interface PortOwner {
  readonly pid: number;
  /** Name of the program, as the kernel has it (at most 15 characters). */
  readonly program: string;
}

const LISTEN = '0A';

/**
 * Inodes of the sockets that listen on a port, from the text of `/proc/net/tcp` or `/proc/net/tcp6`
 * (columns: sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode; the port is in hex).
 */
export function listeningInodes(table: string, port: number): string[] {
  const inodes: string[] = [];
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of table.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/);
    const inode = columns[9];
    if (columns[3] === LISTEN && columns[1]?.endsWith(suffix) && inode !== undefined) inodes.push(inode);
  }
  return inodes;
}

/** The process that listens on a TCP port of this machine; null where the system does not tell (another user's, another system than Linux). */
export async function portOwner(port: number): Promise<PortOwner | null> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'latin1').catch(() => '')));
  const sockets = new Set(tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return null;
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || !(await holdsAny(name, sockets))) continue;
    const program = await readFile(`/proc/${name}/comm`, 'utf8').catch(() => '');
    return { pid: Number(name), program: program.trim() };
  }
  return null;
}

async function holdsAny(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  // Vanished, or another user's: it cannot be looked into.
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const descriptor of descriptors) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
    if (sockets.has(target)) return true;
  }
  return false;
}
