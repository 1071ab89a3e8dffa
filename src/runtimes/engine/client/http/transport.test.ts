import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createEngineClient, type EngineClient } from '../engine-client.ts';

const BOUND_MS = 600;

/** What answers at a socket in the place of an engine. */
async function standIn(listener: RequestListener): Promise<EngineClient> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-calls-'));
  const socket = join(folder, 'engine.sock');
  const server = createServer((request, response) => (request.url === '/_ping' ? response.end('OK') : listener(request, response)));
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  const client = createEngineClient({ address: { address: `unix://${socket}`, tls: null }, timeoutMs: BOUND_MS });
  onTestFinished(() => {
    client.close();
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return client;
}

const VERSION = JSON.stringify({ Version: '20.10.24', ApiVersion: '1.41', MinAPIVersion: '1.12' });

it('gives each call its time from when it is sent: many at once wait for one another and all are answered', async () => {
  const client = await standIn((request, response) => {
    if (request.url === '/version') return response.end(VERSION);
    return setTimeout(() => response.writeHead(204).end(), BOUND_MS / 4);
  });
  const began = performance.now();
  await Promise.all(Array.from({ length: 50 }, (_, index) => client.containers.start(`c${index}`)));
  expect(performance.now() - began).toBeGreaterThan(BOUND_MS);
});

it('asks for few removals at a time, which engines do one after the other', async () => {
  let last = Promise.resolve();
  const client = await standIn((request, response) => {
    if (request.url === '/version') {
      response.end(VERSION);
      return;
    }
    last = last.then(() => new Promise((resolve) => setTimeout(resolve, BOUND_MS / 5)));
    void last.then(() => response.writeHead(204).end());
  });
  const many = Array.from({ length: 16 }, (_, index) => client.containers.remove(`c${index}`, { force: true, volumes: true }));
  expect(new Set(await Promise.all(many))).toEqual(new Set(['removed']));
});

it('waits longer for the version of an engine that is there and busy', async () => {
  const client = await standIn((_request, response) => setTimeout(() => response.end(VERSION), 2 * BOUND_MS));
  expect(await client.system.version()).toMatchObject({ kind: 'docker', version: '20.10.24' });
});

it('lets those that wait fail with those that were sent, where the engine answers nobody', async () => {
  const client = await standIn((request, response) => {
    if (request.url === '/version') response.end(VERSION);
  });
  await client.system.version();
  const began = performance.now();
  const all = await Promise.allSettled(Array.from({ length: 30 }, (_, index) => client.containers.inspect(`c${index}`)));
  expect(performance.now() - began).toBeLessThan(2 * BOUND_MS);
  for (const each of all) expect(each).toMatchObject({ status: 'rejected', reason: { kind: 'unavailable', reason: 'timeout' } });
});

it('says in words that people use that an engine has died', async () => {
  const client = await standIn((request, response) => {
    if (request.url === '/version') return response.end(VERSION);
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.write('[');
    return setTimeout(() => response.destroy(), 20);
  });
  await expect(client.containers.list({})).rejects.toMatchObject({
    kind: 'unavailable',
    message: 'list containers: the engine closed the connection: it was stopped, or has crashed',
  });
  const lost = await new Promise<string>((resolve) => {
    client.events.watch({ labels: {} }, { event: () => undefined, connected: () => undefined, lost: ({ message }) => resolve(message) });
  });
  expect(lost).toBe('watch the events of the engine: the engine closed the connection: it was stopped, or has crashed');
});
