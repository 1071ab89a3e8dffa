import { readdir, readFile, readlink } from 'node:fs/promises';
import { findListening, readSocketTable } from './ip-socket-table.ts';

/** The process that listens on a port. */
export interface PortOwner {
  readonly pid: number;
  /** Name of its program, up to 15 bytes. */
  readonly name: string;
}

/**
 * Finds who listens on a TCP port, at whatever address. Null when nobody does, when it is another user's process (whose open files only root
 * can see), and on systems other than Linux.
 */
export async function findPortOwner(port: number, platform: NodeJS.Platform = process.platform): Promise<PortOwner | null> {
  if (platform !== 'linux') return null;
  const tables = await Promise.all([readSocketTable('/proc/net/tcp'), readSocketTable('/proc/net/tcp6')]);
  const sockets = new Set(tables.flatMap((table) => findListening(table, port)).map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return null;
  for (const entry of await readdir('/proc')) {
    if (/^\d+$/.test(entry) && (await holds(entry, sockets))) return { pid: Number(entry), name: await nameOf(entry) };
  }
  return null;
}

async function holds(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  // A process that ended meanwhile, or whose files we may not see, is no owner that could be named.
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(descriptors.map((descriptor) => readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')));
  return targets.some((target) => sockets.has(target));
}

async function nameOf(pid: string): Promise<string> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'unknown'); // It ended meanwhile.
  return name.trim();
}
