import { realpath } from 'node:fs/promises';

const UNIX = 'unix://';
/** A socket's path may not be longer (`sun_path`: 104 on macOS, 108 on Linux), bytes. */
const LONGEST = 103;

/**
 * The address without symbolic links: `/var/run/docker.sock` leads to another engine tomorrow (Docker Desktop, Colima, Rancher Desktop), and
 * a workload stays with the one that has its container.
 */
export async function realAddress(address: string): Promise<string> {
  if (!address.startsWith(UNIX)) return address;
  try {
    const path = await realpath(address.slice(UNIX.length));
    return Buffer.byteLength(path) > LONGEST ? address : UNIX + path;
  } catch {
    // It cannot be read by this user, or it has just gone: it is known by the name that was given.
    return address;
  }
}
