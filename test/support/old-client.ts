import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  type CallToolResult,
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import {
  type CallOptions,
  type ClientOptions,
  capabilitiesOf,
  type Fetched,
  type Notification,
  reconnectionOf,
  recordingFetch,
  type TestClient,
  textOf,
} from './client.ts';

/** A client made with @modelcontextprotocol/sdk 1. */
export async function connectOld(url: string, options: ClientOptions): Promise<TestClient> {
  const client = new Client({ name: options.name ?? 'old', version: '1' }, { capabilities: capabilitiesOf(options) });
  const fetched: Fetched[] = [];
  const notifications: Notification[] = [];
  const errors: Error[] = [];
  const http = new StreamableHTTPClientTransport(new URL(url), { fetch: recordingFetch(fetched), ...reconnectionOf(options) });
  const transport = options.stdio ? new StdioClientTransport({ ...options.stdio, stderr: 'ignore' }) : http;
  const { elicit, sample, roots } = options;
  if (elicit)
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) => ({
      action: 'accept' as const,
      content: { answer: await elicit(params.message) },
    }));
  if (sample)
    client.setRequestHandler(CreateMessageRequestSchema, ({ params }) => ({
      model: 'test',
      role: 'assistant' as const,
      content: { type: 'text' as const, text: sample(JSON.stringify(params.messages)) },
    }));
  if (roots) client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: roots.map((uri) => ({ uri })) }));
  Object.assign(client, {
    fallbackNotificationHandler: async (notification: Notification) => void notifications.push(notification),
    onerror: (error: Error) => void errors.push(error),
  });
  await client.connect(transport);
  const request = (more: CallOptions = {}): object => ({
    ...(more.signal ? { signal: more.signal } : {}),
    ...(more.timeoutMs === undefined ? {} : { timeout: more.timeoutMs }),
    ...(more.onProgress ? { onprogress: ({ progress }: { progress: number }) => more.onProgress?.(progress) } : {}),
  });
  const call: TestClient['call'] = async (name, args = {}, more = {}) =>
    (await client.callTool({ name, arguments: args }, undefined, request(more))) as CallToolResult;
  return {
    sdk: 'old',
    notifications,
    fetched,
    errors,
    sessionId: () => http.sessionId,
    era: () => 'legacy',
    protocolVersion: () => http.protocolVersion,
    call,
    text: async (...args) => textOf(await call(...args)),
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    ping: async () => void (await client.ping()),
    setLevel: async (level) => void (await client.setLoggingLevel(level)),
    subscribe: async (uri) => void (await client.subscribeResource({ uri })),
    read: async (uri) => JSON.stringify((await client.readResource({ uri })).contents),
    rootsChanged: () => client.sendRootsListChanged(),
    terminate: () => http.terminateSession(),
    close: () => client.close(),
  };
}
