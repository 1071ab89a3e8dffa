import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { Relay } from '../../core/relay/relay.ts';
import { FrontDoor } from '../front-door.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

it('answers a request that meets a defect, and says so in the log', async () => {
  const errors: string[] = [];
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (text: string) => void errors.push(text),
    child: () => log,
  };
  const relay = {
    get toHttp(): boolean {
      throw new Error('a defect');
    },
  } as Relay;
  const behind = { relay, spec: { allowedOrigins: [], group: 'default' }, gone: null };
  const door = new FrontDoor({ find: () => behind, peerAllowed: () => true, keyOpens: () => false, log });
  const server = createServer((request, response) => door.handle(request, response, null));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(() => resolve())));
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/x/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
  });
  expect(answer.status).toBe(500);
  expect(await answer.json()).toMatchObject({ error: { data: { code: 'HF_INTERNAL' } } });
  expect(errors).toEqual(['a request failed']);
});
