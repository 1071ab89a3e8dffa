/**
 * What most bridges are: the official SDK's transports, back to back. `sdk-stdio-bridge.js COMMAND ARGS…` serves Streamable HTTP, with a
 * session for each client, in front of one stdio process whose ids it rewrites.
 */

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';

const [, , command = '', ...args] = process.argv;

interface Waiting {
  readonly client: StreamableHTTPServerTransport;
  readonly id: RequestId;
}

const sessions = new Map<string, StreamableHTTPServerTransport>();
const waiting = new Map<number, Waiting>();
let count = 0;

const stdio = new StdioClientTransport({ command, args });
Object.assign(stdio, {
  onclose: () => process.exit(0),
  onmessage(message: JSONRPCMessage) {
    const asked = 'id' in message && typeof message.id === 'number' ? waiting.get(message.id) : undefined;
    if (!asked || 'method' in message) return;
    waiting.delete(Number(message.id));
    void asked.client.send({ ...message, id: asked.id }, { relatedRequestId: asked.id });
  },
});
await stdio.start();

const server = createServer((request, response) => {
  const id = request.headers['mcp-session-id'];
  const session = typeof id === 'string' ? sessions.get(id) : undefined;
  void (session ? Promise.resolve(session) : openSession()).then((client) => client.handleRequest(request, response));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () =>
  process.send?.({ type: 'listening', port: (server.address() as AddressInfo).port, serverPid: stdio.pid }),
);
process.on('disconnect', () => void stdio.close());

async function openSession(): Promise<StreamableHTTPServerTransport> {
  const client = new StreamableHTTPServerTransport({
    enableJsonResponse: true,
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => void sessions.set(id, client),
    onsessionclosed: (id) => void sessions.delete(id),
  });
  Object.assign(client, {
    onmessage(message: JSONRPCMessage) {
      if (!('id' in message && 'method' in message)) return void stdio.send(message);
      count += 1;
      waiting.set(count, { client, id: message.id });
      return void stdio.send({ ...message, id: count });
    },
  });
  await client.start();
  return client;
}
