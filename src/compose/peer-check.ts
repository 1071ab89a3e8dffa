import type { Socket } from 'node:net';
import { createPeerUsers } from '../platform/peer-user.ts';
import type { Settings } from '../settings/settings.ts';

/** Whether the program at the other end of a connection may use keyless URLs. */
export type PeerCheck = (socket: Socket) => boolean | Promise<boolean>;

/**
 * `same-user`: on Linux only programs of the user that Holdfast runs as; elsewhere whoever reaches a loopback port. `open`: everybody who
 * reaches the port. `off`: nobody.
 */
export function createPeerCheck(keyless: Settings['gateway']['keyless']): PeerCheck {
  if (keyless !== 'same-user') return () => keyless === 'open';
  const uid = process.getuid?.();
  if (process.platform !== 'linux' || uid === undefined) return () => true;
  const users = createPeerUsers();
  return async ({ localAddress, localPort, remoteAddress, remotePort }) => {
    if (localAddress === undefined || localPort === undefined || remoteAddress === undefined || remotePort === undefined) return false;
    const local = { address: localAddress, port: localPort };
    return (await users.find({ local, remote: { address: remoteAddress, port: remotePort } })) === uid;
  };
}
