import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../src/core/errors/holdfast-error.ts';
import { until } from '../../support/until.ts';
import { type Asked, event, FakeGateway, refuse, reply } from './fake-gateway.ts';

const STREAM = { 'content-type': 'text/event-stream' };

let gateway: FakeGateway;
beforeEach(() => {
  gateway = new FakeGateway();
});
afterEach(() => gateway.close());

const posts = (method: string): Asked[] => gateway.asked.filter(({ message }) => message?.method === method);

describe('an answer that breaks off', () => {
  it('is asked for again where its stream has an id, and the request is not sent again', async () => {
    gateway.conduct = ({ headers, message }, response) => {
      if (headers['last-event-id'] === 'one.2') {
        response.writeHead(200, STREAM).end(event('one.3', { id: 1, result: { rest: true } }));
        return true;
      }
      if (message?.id !== 1) return false;
      response.writeHead(200, STREAM).write(event('one.1', null));
      response.write(event('one.2', { method: 'notifications/progress', params: { progressToken: 1, progress: 1 } }), () =>
        response.destroy(),
      );
      return true;
    };
    await gateway.start();
    await gateway.open();
    gateway.send({ id: 1, method: 'tools/call', params: { name: 'x' } });
    expect((await gateway.answer(1)).result).toEqual({ rest: true });
    expect(posts('tools/call')).toHaveLength(1);
    expect(gateway.said.filter(({ method }) => method === 'notifications/progress')).toHaveLength(1);
  });

  it.each([
    ['tools/call', 1],
    ['resources/read', 2],
  ])('of %s without an id: the request is sent so often: %i', async (method, times) => {
    let count = 0;
    gateway.conduct = ({ message }, response) => {
      if (message?.method !== method) return false;
      count += 1;
      if (count > 1) return false;
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 }).write('{"jsonrpc"', () => response.destroy());
      return true;
    };
    await gateway.start();
    await gateway.open();
    gateway.send({ id: 1, method, params: {} });
    const { error, result } = await gateway.answer(1);
    expect(error?.data?.['code'] ?? result).toEqual(times === 1 ? 'HF_DAEMON_RESTARTED' : { method });
    expect(posts(method)).toHaveLength(times);
  });

  it('is no answer to a request that was cancelled', async () => {
    gateway.conduct = ({ message }, response) => {
      if (message?.method === 'notifications/cancelled') for (const broken of waiting) broken.destroy();
      if (message?.id !== 1) return false;
      waiting.push(response);
      return true;
    };
    const waiting: { destroy(): void }[] = [];
    await gateway.start();
    await gateway.open();
    gateway.send({ id: 1, method: 'tools/call', params: { name: 'x' } });
    await until('it is under way', () => waiting.length > 0);
    gateway.send({ method: 'notifications/cancelled', params: { requestId: 1 } });
    gateway.send({ id: 2, method: 'ping' });
    await gateway.answer(2);
    await until('the gateway is told', () => posts('notifications/cancelled').length > 0);
    expect(gateway.said.filter(({ id }) => id === 1)).toEqual([]);
  });
});

describe('a refusal', () => {
  it('of the gateway is told with the id of the request, also where its body has none', async () => {
    gateway.conduct = ({ message }, response) => {
      if (message?.id === 1) refuse(response, 404, 'HF_WORKLOAD_UNKNOWN');
      else if (message?.id === 2) response.writeHead(502, { 'content-type': 'text/html' }).end('<html>');
      else return false;
      return true;
    };
    await gateway.start();
    await gateway.open();
    for (const id of [1, 2]) gateway.send({ id, method: 'tools/list' });
    expect((await gateway.answer(1)).error?.data).toEqual({ code: 'HF_WORKLOAD_UNKNOWN' });
    expect((await gateway.answer(2)).error?.data).toMatchObject({ code: 'HF_BAD_ANSWER' });
  });

  it('of a notification is noted, and what follows it goes', async () => {
    gateway.conduct = ({ message }, response) => {
      if (message?.method !== 'notifications/odd') return false;
      refuse(response, 400, 'HF_BAD_HEADERS');
      return true;
    };
    await gateway.start();
    await gateway.open();
    gateway.send({ method: 'notifications/odd' });
    gateway.send({ method: 'notifications/even' });
    await until('both are sent', () => posts('notifications/even').length > 0);
    expect(gateway.notes).toEqual(['notifications/odd of the client was refused with HTTP status 400']);
  });

  it('of server/discover while the server is away is not told: the client would take it for an older one', async () => {
    let count = 0;
    gateway.conduct = ({ message }, response) => {
      if (message?.method !== 'server/discover') return false;
      count += 1;
      if (count > 1) return false;
      refuse(response, 503, 'HF_HOLD_EXPIRED', 1);
      return true;
    };
    await gateway.start();
    const params = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };
    gateway.send({ id: 1, method: 'server/discover', params });
    expect((await gateway.answer(1)).result).toEqual({ method: 'server/discover' });
    expect(posts('server/discover')[1]?.headers).toMatchObject({ 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'server/discover' });
  });
});

it('begins a session once that many requests find forgotten, and sends each of them once more', async () => {
  let current = 'session-1';
  gateway.conduct = ({ headers, message, verb }, response) => {
    if (message?.method === 'initialize') {
      reply(response, message, { protocolVersion: '2025-11-25', capabilities: {} }, { 'mcp-session-id': current });
      return true;
    }
    if (verb === 'DELETE' || headers['mcp-session-id'] === current) return false;
    refuse(response, 404, 'HF_SESSION_UNKNOWN');
    return true;
  };
  await gateway.start();
  await gateway.open();
  current = 'session-2';
  for (let id = 1; id <= 50; id += 1) gateway.send({ id, method: 'tools/call', params: { name: 'x' } });
  for (let id = 1; id <= 50; id += 1) expect((await gateway.answer(id)).result).toEqual({ method: 'tools/call' });
  expect(posts('initialize')).toHaveLength(2);
  expect(posts('notifications/initialized').map(({ headers }) => headers['mcp-session-id'])).toEqual(['session-1', 'session-2']);
});

it('takes no more than a thousand requests at a time, and says so', async () => {
  gateway.conduct = ({ message }) => message?.method === 'tools/call';
  await gateway.start();
  await gateway.open();
  for (let id = 1; id <= 1_001; id += 1) gateway.send({ id, method: 'tools/call', params: { name: 'x' } });
  expect((await gateway.answer(1_001)).error?.data).toMatchObject({ code: 'HF_HOLD_FULL' });
});

it('reads no more answers than may be held while the client does not read', async () => {
  const megabytes = 'x'.repeat(4 * 1024 * 1024);
  gateway.conduct = ({ message }, response) => {
    if (message?.method !== 'tools/call') return false;
    reply(response, message, { text: megabytes });
    return true;
  };
  let lines = 0;
  let goOn: () => void = () => undefined;
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (chunk.length < 1_000) return done();
      lines += 1;
      goOn = done;
    },
  });
  await gateway.start(stdout);
  await gateway.open();
  for (let id = 1; id <= 30; id += 1) gateway.send({ id, method: 'tools/call', params: { name: 'x' } });
  await until('all are asked', () => posts('tools/call').length === 30);
  await until('what may be held is held', () => stdout.writableLength > 27 * 1024 * 1024);
  for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(stdout.writableLength).toBeLessThan(33 * 1024 * 1024);
  await until('everything was read', () => {
    const next = goOn;
    goOn = () => undefined;
    next();
    return lines === 30;
  });
});

it('reads no further while the gateway takes no notification, and sends them in their order', async () => {
  const taken: (() => void)[] = [];
  let isOpen = false;
  gateway.conduct = ({ message }, response) => {
    if (message?.method !== 'notifications/odd' || isOpen) return false;
    taken.push(() => response.writeHead(202).end());
    return true;
  };
  await gateway.start();
  await gateway.open();
  for (let count = 0; count < 1_000; count += 1) gateway.send({ method: 'notifications/odd', params: { count, text: 'x'.repeat(1_000) } });
  await until('the first one is asked', () => taken.length > 0);
  for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(taken).toHaveLength(1);
  expect(gateway.stdin.readableLength + gateway.stdin.writableLength).toBeGreaterThan(500_000);
  isOpen = true;
  taken[0]?.();
  await until('all are sent', () => posts('notifications/odd').length === 1_000);
  expect(posts('notifications/odd').map(({ message }) => message?.params?.['count'])).toEqual(Array.from({ length: 1_000 }, (_, n) => n));
});

describe('where there is no gateway', () => {
  it('a workload that is not there ends it before anything was read', async () => {
    gateway.problem = new HoldfastError('HF_WORKLOAD_UNKNOWN', { what: 'no such workload' });
    await gateway.start();
    await expect(gateway.ended).rejects.toMatchObject({ code: 'HF_WORKLOAD_UNKNOWN' });
  });
});
