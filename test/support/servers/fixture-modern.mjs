// An MCP server of the 2026-07-28 era for tests, made with the official SDK 2: `fixture-modern.mjs stdio`, or HTTP on MCP_PORT.
// See fixture-conduct.mjs for what it can be told and what it writes down; `legacy: 'reject'` serves no older client.
import { serve } from '@hono/node-server';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import * as z from 'zod';
import { boot, journal, pause, readConduct } from './fixture-conduct.mjs';

const conduct = readConduct();
await boot(conduct);

/** @param {{ era: 'legacy' | 'modern' }} context */
function createServer({ era }) {
  const mcp = new McpServer({ name: 'fixture-modern', version: '1.0.0' }, { capabilities: { tools: { listChanged: true } } });
  const inputSchema = z.object({ tag: z.string().optional(), ms: z.number().optional() });
  for (const [name, annotations] of /** @type {const} */ ([
    ['unsafe', {}],
    ['safe', { readOnlyHint: true }],
  ])) {
    mcp.registerTool(name, { description: `Counts: ${name}`, inputSchema, annotations }, async ({ tag, ms }) => {
      journal('executed', { tool: name, tag, era });
      if (ms !== undefined) await pause(ms);
      return { content: [{ type: 'text', text: `${name} ${tag ?? ''} ${era}` }] };
    });
  }
  for (const name of conduct.extraTools ?? [])
    mcp.registerTool(name, { description: 'An extra tool' }, () => ({ content: [{ type: 'text', text: name }] }));
  return mcp;
}

if (process.argv[2] === 'stdio') serveStdio(createServer, { legacy: conduct.legacy ?? 'serve' });
else {
  const handler = createMcpHandler(createServer, { legacy: conduct.legacy === 'reject' ? 'reject' : 'stateless' });
  const fetch = async (/** @type {Request} */ request) => {
    const text = request.method === 'POST' ? await request.clone().text() : '';
    const body = /** @type {{ method?: string }} */ (text === '' ? {} : JSON.parse(text));
    journal('http', { verb: request.method, rpc: body.method, headers: Object.fromEntries(request.headers) });
    return handler.fetch(request);
  };
  const port = Number(process.env['MCP_PORT']);
  serve({ fetch, port, hostname: process.env['MCP_HOST'] ?? '127.0.0.1' }, () => journal('listening', { port }));
}
