import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as sdk from '@modelcontextprotocol/client';
import { expect, it, onTestFinished } from 'vitest';
import { HoldfastError } from '../../api/contract/errors.ts';
import { refusal } from '../../core/relay/failure.ts';
import { mcpError } from './mcp-error.ts';

/** What `mcp call` makes of a server that answers every request so. */
async function errorOf(status: number, body: string): Promise<HoldfastError> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/weather/mcp`);
  const client = new sdk.Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  try {
    await client.connect(new sdk.StreamableHTTPClientTransport(url), { timeout: 5_000 });
  } catch (error) {
    return mcpError(error, url, sdk);
  }
  throw new Error('it is connected');
}

it.each([
  ['removed by somebody else', new HoldfastError('HF_REMOVED_OUTSIDE', { what: 'The container of weather was removed by somebody else' })],
  ['not there', new HoldfastError('HF_WORKLOAD_UNKNOWN', { what: 'There is no workload named "weather"', fix: 'Look at `holdfast ls`.' })],
  ['full', new HoldfastError('HF_SESSIONS_FULL', { what: 'weather runs 8 isolated sessions already' })],
])('shows the gateway’s own error as itself: %s', async (_what, sent) => {
  const { body } = refusal(sent, null);
  const shown = await errorOf(sent.definition.http < 400 ? 404 : sent.definition.http, new TextDecoder().decode(body));
  expect([shown.code, shown.message, shown.fix]).toEqual([sent.code, sent.message, sent.fix]);
});

it.each(['{"error":{"message":"no such page"}}', '{"error":"gone"}', 'not JSON'])('says of %s that it is no MCP server', async (body) => {
  expect((await errorOf(404, body)).code).toBe('HF_BAD_ANSWER');
});
