import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSocketServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEngineClient } from '../../../src/runtimes/engine/client/engine-client.ts';
import { isEngineError } from '../../../src/runtimes/engine/client/engine-error.ts';
import { engineFailure } from '../../../src/runtimes/engine/client/engine-failure.ts';
import { discoverEngines } from '../../../src/runtimes/engine/discovery/discover-engines.ts';
import { probeEngine } from '../../../src/runtimes/engine/discovery/probe-engine.ts';
import { readTextFile } from '../../../src/runtimes/engine/discovery/read-text.ts';
import { ENGINE_KINDS } from '../../support/engine/engines.ts';
import { attachTo, ownKit, sharedKit } from './engine-kit.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'holdfast-engine-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function listen(server: Server): Promise<string> {
  const path = join(await folder(), 'engine.sock');
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return path;
}

async function failureAt(socket: string): Promise<{ kind: string; reason: string; message: string; fix: string; code: string }> {
  const client = createEngineClient({ address: { address: `unix://${socket}`, tls: null }, timeoutMs: 500 });
  onTestFinished(() => client.close());
  try {
    await client.containers.inspect('x');
  } catch (error) {
    if (!isEngineError(error)) throw error;
    const { fix, code } = engineFailure(error);
    return { kind: error.kind, reason: error.reason, message: error.message, fix, code };
  }
  throw new Error('it answered');
}

const serve = (listener: RequestListener): Server => createServer(listener);

describe('an engine that is not there', () => {
  it('is absent where nothing listens', async () => {
    const place = await folder();
    expect(await failureAt(join(place, 'none.sock'))).toMatchObject({
      kind: 'unavailable',
      reason: 'absent',
      code: 'HF_RUNTIME_UNAVAILABLE',
    });
    await writeFile(join(place, 'file'), '');
    expect(await failureAt(join(place, 'file'))).toMatchObject({ kind: 'unavailable', reason: 'absent' });
  });

  it('is forbidden to those who may not open its socket', async () => {
    const socket = await listen(serve((_request, response) => response.end()));
    await chmod(socket, 0o000);
    // Root may open every socket: for a moment this is somebody else.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      expect(await failureAt(socket)).toMatchObject({ reason: 'no-permission', fix: expect.stringContaining('usermod -aG docker') });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('is unavailable, and nothing is gone, where something else answers', async () => {
    const socket = await listen(serve((_request, response) => response.writeHead(404).end('{"message":"No such container: x"}')));
    expect(await failureAt(socket)).toMatchObject({ kind: 'unavailable', reason: 'not-an-engine' });
    const page = await listen(serve((_request, response) => response.writeHead(404).end('<html>')));
    expect(await failureAt(page)).toMatchObject({ kind: 'unavailable', reason: 'not-an-engine' });
    const noise = await listen(createSocketServer((connection) => void connection.end('SSH-2.0-OpenSSH\r\n')));
    expect(await failureAt(noise)).toMatchObject({ kind: 'unavailable', reason: 'not-an-engine' });
    const other = await listen(serve((_request, response) => response.end('{"hello":1}')));
    expect(await failureAt(other)).toMatchObject({ kind: 'unavailable', reason: 'not-an-engine' });
  });

  it('is too old before API 1.40, and that is said', async () => {
    const socket = await listen(serve((_request, response) => response.end('{"Version":"18.06.1-ce","ApiVersion":"1.38"}')));
    const failure = await failureAt(socket);
    expect(failure).toMatchObject({ kind: 'unavailable', reason: 'too-old', code: 'HF_UNSUPPORTED' });
    expect(failure.message).toContain('an engine too old');
  });

  it('answers within the bound, or counts as away', async () => {
    const socket = await listen(createSocketServer(() => {}));
    expect(await failureAt(socket)).toMatchObject({
      kind: 'unavailable',
      reason: 'timeout',
      message: expect.stringContaining('within 0.5 s'),
    });
    // Its head came, the rest does not.
    const half = await listen(serve((_request, response) => void response.writeHead(200, { 'content-length': 100 }).write('{')));
    expect(await failureAt(half)).toMatchObject({ kind: 'unavailable', reason: 'timeout' });
  });
});

describe.each(ENGINE_KINDS)('%s', (kind) => {
  it('that is stopped by SIGSTOP is unavailable after 5 s, and answers afterwards', async (ctx) => {
    const { client, own } = await ownKit(ctx, kind);
    await client.system.ping();
    await own.pause();
    const before = performance.now();
    const calls = [client.containers.inspect('x'), client.system.ping(), attachTo(client, 'x')];
    const outcomes = await Promise.allSettled(calls);
    const tookMs = performance.now() - before;
    own.resume();
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { kind: 'unavailable', reason: 'timeout' } });
    expect(tookMs).toBeGreaterThan(4_900);
    expect(tookMs).toBeLessThan(8_000);
    expect(await client.containers.inspect('x')).toBeNull();
  });

  it('is found by where the caller says that it is', async (ctx) => {
    const { engine, client } = await sharedKit(ctx, kind);
    const home = await folder();
    const look = (env: Record<string, string>, only: 'docker' | 'podman' | null) =>
      discoverEngines({ caller: { env, platform: 'linux', uid: 0, home }, only, probe: probeEngine, readText: readTextFile });
    const address = { address: `unix://${engine.socket}`, tls: null };
    const found = await look({ DOCKER_HOST: address.address }, null);
    expect(found.chosen).toMatchObject({ strategy: 'DOCKER_HOST', address, version: { kind, apiVersion: '1.41' } });
    expect(found.chosen?.version).toEqual(await client.system.version());
    expect((await look({ CONTAINER_HOST: address.address, DOCKER_HOST: `unix://${home}/none` }, kind)).chosen).toMatchObject({
      strategy: 'CONTAINER_HOST',
    });
    const other = kind === 'docker' ? 'podman' : 'docker';
    expect((await look({ DOCKER_HOST: address.address }, other)).candidates[0]).toMatchObject({ outcome: 'wrong-kind' });
  });
});
