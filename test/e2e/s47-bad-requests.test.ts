import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fixture } from '../support/fixture.ts';
import { createHome, type Home } from '../support/home.ts';
import { type RawAnswer, RawSession, type RawStream, rawRequest } from '../support/raw-client.ts';
import { until } from '../support/until.ts';

// Nothing of it may reach a server, whatever that runs on: it runs as a process.
let home: Home;

beforeAll(async () => {
  home = await createHome();
});

afterAll(() => home.end());

const PING = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
const CALL = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'unsafe', arguments: { tag: 'bad' } } });
const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
});
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

interface BadRequest {
  readonly what: string;
  readonly status: number;
  readonly body: string | Uint8Array;
  /** Replace the usual ones. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

const badBodies: readonly BadRequest[] = (
  [
    ['nothing', 400, ''],
    ['no JSON', 400, 'tools/call'],
    ['half of a message', 400, CALL.slice(0, -3)],
    ['a message and more', 400, `${CALL}${CALL}`],
    ['a number', 400, '42'],
    ['an empty batch', 400, '[]'],
    ['no JSON-RPC', 400, '{"method":"tools/call"}'],
    ['another JSON-RPC', 400, CALL.replace('2.0', '1.0')],
    ['two ids', 400, CALL.replace('"id":1', '"id":1,"id":2')],
    ['two methods', 400, CALL.replace('"method":', '"method":"ping","method":')],
    ['two methods, one of them escaped', 400, CALL.replace('"method":', '"m\\u0065thod":"ping","method":')],
    ['two names of a tool', 400, CALL.replace('"name":"unsafe"', '"name":"safe","name":"unsafe"')],
    ['two versions of JSON-RPC', 400, CALL.replace('{', '{"jsonrpc":"2.0",')],
    [
      'bytes that are no UTF-8',
      400,
      Buffer.concat([Buffer.from(CALL.slice(0, -4)), Buffer.from([0xff, 0xfe]), Buffer.from(CALL.slice(-4))]),
    ],
    ['too deep nesting', 400, CALL.replace('{"tag":"bad"}', nested(5_000))],
    ['a batch', 400, `[${CALL}]`],
    ['a batch with initialize', 400, `[${INITIALIZE}]`],
  ] as const
).map(([what, status, body]) => ({ what, status, body }));

const badHeaders: readonly BadRequest[] = (
  [
    ['a Content-Type of a form', 415, CALL, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a Content-Type of plain text', 415, CALL, { 'content-type': 'text/plain' }],
    ['no Content-Type', 415, CALL, { 'content-type': undefined }],
    ['an Accept without event streams', 406, CALL, { accept: 'application/json' }],
    ['an Accept of HTML', 406, CALL, { accept: 'text/html' }],
    ['an unknown revision', 400, CALL, { 'mcp-protocol-version': '1999-01-01' }],
    ['a forged Host', 403, CALL, { host: 'evil.example' }],
    ['a Host that only begins like loopback', 403, CALL, { host: 'localhost.evil.example' }],
    ['a Host that only begins like an address', 403, CALL, { host: '127.0.0.1.evil.example' }],
    ['a foreign Origin', 403, CALL, { origin: 'https://evil.example' }],
    ['an Origin that only begins like loopback', 403, CALL, { origin: 'http://localhost.evil.example' }],
    ['no Origin in particular', 403, CALL, { origin: 'null' }],
    ['another site, as browsers say it', 403, CALL, { 'sec-fetch-site': 'cross-site' }],
    ['no session', 400, CALL, { 'mcp-session-id': undefined }],
    ['an unknown session', 404, CALL, { 'mcp-session-id': 'f'.repeat(32) }],
    ['a session that is a path', 404, CALL, { 'mcp-session-id': '../../etc/passwd' }],
  ] as const
).map(([what, status, body, headers]) => ({ what, status, body, headers }));

describe.each(['stdio', 'http'] as const)('a %s server', (kind) => {
  let server: Fixture;
  let session: RawSession;
  let stream: RawStream;

  beforeAll(async () => {
    server = await Fixture.run(home, `bad-${kind}`, { kind });
    session = await RawSession.open(server.url);
    stream = await session.stream();
    await session.call('safe', { tag: 'before' });
    await until('the lists were read', () => server.received(kind === 'stdio' ? 'resources/templates/list' : 'tools/list').length > 0);
  });

  /** A clear refusal, which neither the server nor the session notices. */
  async function checkRefused(status: number, send: () => Promise<RawAnswer>): Promise<void> {
    const before = server.journal().length;
    const answer = await send();
    expect({ status: answer.status, text: answer.text }).toEqual({ status, text: expect.stringContaining('"jsonrpc":"2.0"') });
    expect(answer.json?.error).toMatchObject({ code: expect.any(Number), message: expect.stringMatching(/.{10}/) });
    expect(answer.headers['content-type']).toBe('application/json');
    expect((await session.request('ping')).status).toBe(200);
    expect(
      server
        .journal()
        .slice(before)
        .filter(({ rpc, method }) => (rpc ?? method) !== 'ping'),
    ).toEqual([]);
    expect(stream.ended).toBe(false);
  }

  it.each(badBodies)('S47 a body that is $what: $status, and nothing reaches the server', async ({ status, body }) => {
    await checkRefused(status, () => rawRequest(server.url, { headers: session.headers, body }));
  });

  it.each(badHeaders)('S47 a request with $what: $status, and nothing reaches the server', async ({ status, body, headers }) => {
    await checkRefused(status, () => rawRequest(server.url, { headers: { ...session.headers, ...headers }, body }));
  });

  it('S47 a body of 50 MB: 413, whether its length was said or not', async () => {
    const big = Buffer.alloc(50 * 1024 * 1024, 0x20);
    await checkRefused(413, () => postLarge(server.url, session.headers, big, true));
    await checkRefused(413, () => postLarge(server.url, session.headers, big, false));
  });

  it('S47 unknown paths, methods and workloads', async () => {
    const other = (path: string): string => server.url.replace(/\/[^/]+\/mcp$/, path);
    for (const path of [
      '/',
      '/nobody/mcp',
      `/${server.name}`,
      `/${server.name}/mcp/more`,
      `/k/0123456789abcdef/${server.name}/mcp`,
      '/%2e%2e/mcp',
    ])
      await checkRefused(404, () => rawRequest(other(path), { headers: session.headers, body: CALL }));
    await checkRefused(405, () => rawRequest(server.url, { method: 'PUT', headers: session.headers, body: CALL }));
    await checkRefused(404, () => rawRequest(server.url, { method: 'DELETE', headers: { 'mcp-session-id': 'f'.repeat(32) } }));
    await checkRefused(400, () => rawRequest(server.url, { method: 'DELETE' }));
  });

  it('S47 what looks similar and is right passes', async () => {
    for (const headers of [
      { origin: 'http://localhost:3000' },
      { origin: 'vscode-file://vscode-app' },
      { host: 'localhost:1' },
      { 'content-type': 'application/json; charset=utf-8' },
      { accept: '*/*' },
      { 'mcp-protocol-version': undefined },
    ]) {
      const { status, json } = await rawRequest(server.url, { headers: { ...session.headers, ...headers }, body: PING });
      expect({ headers, status, id: json?.id }).toEqual({ headers, status: 200, id: 1 });
    }
    // A pretty-printed body is one message, also for a server that reads lines.
    const pretty = JSON.stringify(
      { jsonrpc: '2.0', id: 'p', method: 'tools/call', params: { name: 'safe', arguments: { tag: 'pretty' } } },
      null,
      2,
    );
    const answer = await rawRequest(server.url, { headers: session.headers, body: pretty.replaceAll('\n', '\r\n') });
    expect(answer.text).toContain('safe pretty');
  });

  it('S47 a batch on a session of 2025-03-26 is answered as one, and its members are known by their ids', async () => {
    const old = await RawSession.open(server.url, '2025-03-26');
    const call = (id: unknown, tag: string): object => ({
      jsonrpc: '2.0',
      id,
      method: 'tools/call',
      params: { name: 'safe', arguments: { tag } },
    });
    const { status, text } = await old.post([
      call(1, 'a'),
      { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 1, progress: 1 } },
      call('1', 'b'),
    ]);
    expect(status).toBe(200);
    const answers = JSON.parse(text) as { id: unknown; result: { content: { text: string }[] } }[];
    expect(answers.map(({ id, result }) => [id, result.content[0]?.text]).toSorted()).toEqual(
      [
        ['1', 'safe b'],
        [1, 'safe a'],
      ].toSorted(),
    );
    await checkRefused(400, () => old.post([JSON.parse(INITIALIZE), call(2, 'c')]));
    const notifications = await old.post([{ jsonrpc: '2.0', method: 'notifications/initialized' }]);
    expect(notifications.status).toBe(202);
  });
});

/** Sends a large body as clients do: on a connection that they mean to keep. */
async function postLarge(url: string, headers: Record<string, string>, body: Buffer, withLength: boolean): Promise<RawAnswer> {
  const agent = new Agent({ keepAlive: true });
  const length = withLength ? { 'content-length': String(body.length) } : { 'transfer-encoding': 'chunked' };
  try {
    return await rawRequest(url, { headers: { ...headers, ...length }, body, agent });
  } finally {
    agent.destroy();
  }
}
