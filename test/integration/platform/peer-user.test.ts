import { type ChildProcess, spawn } from 'node:child_process';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type AcceptedConnection, createPeerUsers } from '../../../src/platform/peer-user.ts';

const NOBODY = 65_534;
const onLinux = process.platform === 'linux';
const servers: Server[] = [];
const children: ChildProcess[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

const seenFrom = (socket: Socket): AcceptedConnection => ({
  local: { address: socket.localAddress ?? '', port: socket.localPort ?? 0 },
  remote: { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 },
});

/** Listens, has `dial` connect to the port, and answers the accepted connection. */
async function accept(host: string, dial: (port: number) => void): Promise<Socket> {
  const server = createServer({ allowHalfOpen: true });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return new Promise((resolve) => {
    server.once('connection', (socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined); // The peer is killed at the end.
      resolve(socket);
    });
    dial((server.address() as AddressInfo).port);
  });
}

const dialFromHere = (host: string) => (port: number) => {
  sockets.push(connect(port, host));
};

describe('the user of a loopback peer', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
    ['::', '127.0.0.1'],
    ['127.0.0.1', '::ffff:127.0.0.1'],
  ])('is found for a server at %s and a client that dials %s', async (host, target) => {
    const socket = await accept(host, dialFromHere(target));
    expect(await createPeerUsers().find(seenFrom(socket))).toBe(onLinux ? process.getuid?.() : null);
  });

  it('is another one when the client is another user', async (ctx) => {
    if (!onLinux || process.getuid?.() !== 0) ctx.skip('needs root: to run a client as another user');
    const socket = await accept('127.0.0.1', (port) => {
      const program = `require('node:net').connect(${port}, '127.0.0.1')`;
      children.push(spawn(process.execPath, ['-e', program], { uid: NOBODY, gid: NOBODY, cwd: '/', stdio: 'ignore' }));
    });
    expect(await createPeerUsers().find(seenFrom(socket))).toBe(NOBODY);
  });

  it('cannot be told when the peer has closed its socket (whose row then names root)', async () => {
    const socket = await accept('127.0.0.1', (port) => {
      const client = connect(port, '127.0.0.1', () => client.destroy());
    });
    socket.resume();
    await new Promise((resolve) => socket.once('end', resolve));
    expect(await createPeerUsers().find(seenFrom(socket))).toBeNull();
  });

  it('is not found for an address that is none, or a connection that is not there', async () => {
    const peers = createPeerUsers();
    expect(await peers.find({ local: { address: '127.0.0.1', port: 1 }, remote: { address: '127.0.0.1', port: 2 } })).toBeNull();
    expect(await peers.find({ local: { address: 'x', port: 1 }, remote: { address: '10.0.0.1', port: 2 } })).toBeNull();
  });

  it('is found for many connections at once', async () => {
    const peers = createPeerUsers();
    const accepted = await Promise.all(Array.from({ length: 30 }, () => accept('127.0.0.1', dialFromHere('127.0.0.1'))));
    const users = await Promise.all(accepted.map((socket) => peers.find(seenFrom(socket))));
    expect(new Set(users)).toEqual(new Set([onLinux ? process.getuid?.() : null]));
  });
});
