import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import {
  type ClientOptions,
  capabilitiesOf,
  type Fetched,
  type Notification,
  reconnectionOf,
  recordingFetch,
  type TestClient,
  textOf,
} from './client.ts';

/** A client made with @modelcontextprotocol/client 2. */
export async function connectNew(url: string, options: ClientOptions): Promise<TestClient> {
  const client = new Client(
    { name: options.name ?? 'new', version: '1' },
    { capabilities: capabilitiesOf(options), ...(options.auto === true ? { versionNegotiation: { mode: 'auto' as const } } : {}) },
  );
  const fetched: Fetched[] = [];
  const notifications: Notification[] = [];
  const errors: Error[] = [];
  const http = new StreamableHTTPClientTransport(new URL(url), { fetch: recordingFetch(fetched), ...reconnectionOf(options) });
  const transport = options.stdio ? new StdioClientTransport({ ...options.stdio, stderr: 'ignore' }) : http;
  const { elicit, sample, roots } = options;
  if (elicit)
    client.setRequestHandler('elicitation/create', async ({ params }) => ({
      action: 'accept' as const,
      content: { answer: await elicit(params.message) },
    }));
  if (sample)
    client.setRequestHandler('sampling/createMessage', ({ params }) => ({
      model: 'test',
      role: 'assistant' as const,
      content: { type: 'text' as const, text: sample(JSON.stringify(params.messages)) },
    }));
  if (roots) client.setRequestHandler('roots/list', () => ({ roots: roots.map((uri) => ({ uri })) }));
  Object.assign(client, {
    fallbackNotificationHandler: async (notification: Notification) => void notifications.push(notification),
    onerror: (error: Error) => void errors.push(error),
  });
  await client.connect(transport);
  const call: TestClient['call'] = async (name, args = {}, more = {}) =>
    (await client.callTool(
      { name, arguments: args },
      {
        ...(more.signal ? { signal: more.signal } : {}),
        ...(more.timeoutMs === undefined ? {} : { timeout: more.timeoutMs }),
        ...(more.onProgress ? { onprogress: ({ progress }) => more.onProgress?.(progress) } : {}),
      },
    )) as CallToolResult;
  return {
    sdk: 'new',
    notifications,
    fetched,
    errors,
    sessionId: () => http.sessionId,
    era: () => client.getProtocolEra() ?? 'legacy',
    protocolVersion: () => client.getNegotiatedProtocolVersion(),
    call,
    text: async (...args) => textOf(await call(...args)),
    tools: async () => (await client.listTools(undefined, { cacheMode: 'refresh' })).tools.map(({ name }) => name),
    ping: async () => void (await client.ping()),
    setLevel: async (level) => void (await client.request({ method: 'logging/setLevel', params: { level } })),
    subscribe: async (uri) => void (await client.subscribeResource({ uri })),
    read: async (uri) => JSON.stringify((await client.readResource({ uri })).contents),
    rootsChanged: () => client.notification({ method: 'notifications/roots/list_changed' }),
    terminate: () => http.terminateSession(),
    close: () => client.close(),
  };
}
