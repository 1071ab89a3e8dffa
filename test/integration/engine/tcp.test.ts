import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EngineAddress } from '../../../src/runtimes/engine/client/engine-address.ts';
import { createEngineClient, type EngineClient } from '../../../src/runtimes/engine/client/engine-client.ts';
import { ENGINE_KINDS } from '../../support/engine/engines.ts';
import { until } from '../../support/until.ts';
import { attachTo, type EngineKit, sharedKit } from './engine-kit.ts';

/** Passes every connection on to the engine's socket. @returns the port */
async function listen(server: Server, event: 'connection' | 'secureConnection', engine: string): Promise<number> {
  const open = new Set<Socket>();
  const keep = (socket: Socket): void => {
    open.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => open.delete(socket));
  };
  // Also those whose handshake fails.
  server.on('connection', keep);
  server.on(event, (client: Socket) => {
    const there = connect(engine);
    for (const socket of [client, there]) keep(socket);
    client.pipe(there).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return (server.address() as AddressInfo).port;
}

function clientOf(address: EngineAddress): EngineClient {
  const client = createEngineClient({ address });
  onTestFinished(() => client.close());
  return client;
}

/** A server that answers over an attachment, through that client. */
async function checkConversation(kit: EngineKit, client: EngineClient): Promise<void> {
  expect((await client.system.version()).kind).toBe(kit.engine.kind);
  const id = await client.containers.create(await kit.order('read line; echo "got $line"'));
  const heard = await attachTo(client, id);
  await client.containers.start(id);
  heard.attachment.write(Buffer.from('hello\n'));
  await until('the answer', () => heard.stdout === 'got hello\n');
  expect(await heard.attachment.ended).toBeNull();
}

describe.each(ENGINE_KINDS)('%s over TCP', (kind) => {
  it('is spoken to', async (ctx) => {
    const kit = await sharedKit(ctx, kind);
    const port = await listen(createServer({ allowHalfOpen: true }), 'connection', kit.engine.socket);
    await checkConversation(kit, clientOf({ address: `tcp://127.0.0.1:${port}`, tls: null }));
  });

  it('is spoken to with TLS, and verified', async (ctx) => {
    const kit = await sharedKit(ctx, kind);
    if (spawnSync('openssl', ['version']).status !== 0) ctx.skip('needs openssl: certificates are made with it');
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-tls-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=engine', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const made = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      cert,
    ];
    execFileSync('openssl', [...made, ...subject], { stdio: 'ignore' });
    const pem = { key: readFileSync(key), cert: readFileSync(cert) };
    const server = createTlsServer({ ...pem, ca: pem.cert, requestCert: true, rejectUnauthorized: true, allowHalfOpen: true });
    const address = `tcp://127.0.0.1:${await listen(server, 'secureConnection', kit.engine.socket)}`;
    await checkConversation(kit, clientOf({ address, tls: { ca: cert, cert, key } }));
    // An authority that nobody knows, no certificate of one's own, and files that are not there.
    for (const tls of [
      { ca: null, cert, key },
      { ca: cert, cert: null, key: null },
      { ca: join(folder, 'none.pem'), cert, key },
    ]) {
      await expect(clientOf({ address, tls }).system.ping()).rejects.toMatchObject({ kind: 'unavailable' });
    }
  });
});
