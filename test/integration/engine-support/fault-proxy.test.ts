import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineCall, engineStream } from '../../support/engine/api.ts';
import { ENGINE_KINDS, type EngineAddress, engineFor, engineOrSkip } from '../../support/engine/engines.ts';
import { type FaultProxy, startFaultProxy } from '../../support/engine/fault-proxy.ts';
import { ensureImages, imageName } from '../../support/engine/images.ts';
import { Outside } from '../../support/engine/outside.ts';
import { until } from '../../support/until.ts';

describe.each(ENGINE_KINDS)('between a client and %s', (kind) => {
  let engine: EngineAddress;
  let proxy: FaultProxy;

  beforeEach(async (ctx) => {
    engineOrSkip(ctx, kind);
    engine = await engineFor(kind);
    proxy = await startFaultProxy(engine);
  });
  afterEach(async () => {
    await proxy?.end();
    for (const { Id } of await new Outside(engine).list('holdfast-test.stranger')) await new Outside(engine).remove(Id);
  });

  const ping = async (): Promise<number> => (await engineCall(proxy, { path: '/_ping', boundMs: 500 })).status;

  it('calls are passed on and written down', async () => {
    expect(await ping()).toBe(200);
    expect((await engineCall(proxy, { path: '/containers/none/json' })).status).toBe(404);
    expect(proxy.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /_ping', 'GET /v1.40/containers/none/json']);
  });

  it('a cut refuses connections, a stall answers none, and both end', async () => {
    await proxy.cut();
    await expect(ping()).rejects.toThrow('ECONNREFUSED');
    await proxy.restore();
    proxy.stall();
    await expect(ping()).rejects.toThrow('was not answered');
    const waiting = engineCall(proxy, { path: '/_ping' });
    await until('the call is there', () => proxy.requests.length === 2);
    await proxy.restore();
    expect((await waiting).status).toBe(200);
  });

  it('a call is answered as told', async () => {
    proxy.answer(/GET .*\/containers\//, 500, 'something odd');
    expect(await engineCall(proxy, { path: '/containers/x/json' })).toMatchObject({
      status: 500,
      text: expect.stringContaining('odd') as string,
    });
    await proxy.restore();
    expect((await engineCall(proxy, { path: '/containers/x/json' })).status).toBe(404);
  });

  it('events are lost as told, and the others come at once', async () => {
    await ensureImages(engine, 'exiting');
    const stream = await engineStream(proxy, { path: `/events?filters=${encodeURIComponent('{"type":["container"]}')}` });
    stream.on('error', () => undefined);
    let seen = '';
    stream.on('data', (chunk: Buffer) => (seen += chunk.toString('utf8')));
    proxy.dropEvents(({ Action }) => Action === 'start');
    await new Outside(engine).stranger(`proxied-${kind}`, imageName('exiting'));
    await until('its end is told', () => /"(die|died)"/.test(seen));
    expect([/"create"/.test(seen), /"start"/.test(seen)]).toEqual([true, false]);
    expect(proxy.open(/events/)).toBe(1);
    expect(proxy.cutStreams(/events/)).toBe(1);
    await until('the stream is gone', () => stream.closed);
    expect(proxy.open(/events/)).toBe(0);
    expect(await ping()).toBe(200);
  });

  it('an attached stream passes both ways, is held back, and is cut', async () => {
    await ensureImages(engine, 'node');
    const body = { Entrypoint: ['/bin/sh', '-c', 'cat; echo end; sleep 100'], StdinOnce: false, HostConfig: { Init: true } };
    const id = await new Outside(engine).stranger(`attached-${kind}`, imageName('node'), { start: false, body });
    const socket = connect({ path: proxy.socket, allowHalfOpen: true });
    let seen = '';
    socket.on('data', (chunk: Buffer) => (seen += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.write(
      `POST /v1.40/containers/${id}/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`,
    );
    await until('it is attached', () => seen.includes('101'));
    await new Outside(engine).start(id);
    socket.write('hello\n');
    await until('it answers', () => seen.includes('hello'));
    proxy.stall();
    socket.write('held back\n');
    expect(await ping().catch(() => 'no answer')).toBe('no answer');
    expect(seen).not.toContain('held back');
    await proxy.restore();
    await until('it goes on', () => seen.includes('held back'));
    expect(proxy.cutStreams(/attach/)).toBe(1);
    await until('the stream is gone', () => socket.readableEnded || socket.closed);
    socket.destroy();
    expect((await new Outside(engine).inspect(id))?.State.Running).toBe(true);
  });
});
