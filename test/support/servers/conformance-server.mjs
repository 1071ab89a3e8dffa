// An MCP server of the 2025-11-25 revision with all that the official conformance suite looks for, made with the official SDK 1:
// `conformance-server.mjs stdio`, or streamable HTTP with sessions that can be resumed, on MCP_PORT (as Holdfast says it) or PORT;
// with port 0 the one that it got is the line it prints.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CallToolRequestSchema,
  CompleteRequestSchema,
  ErrorCode,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { getPrompt, PLAIN_TOOLS, PROMPTS, RESOURCES, readResource, SCHEMA_2020_12, said, TEMPLATES } from './conformance-content.mjs';
import { RememberedEvents } from './conformance-events.mjs';
import { TALKING_TOOLS } from './conformance-tools.mjs';

/** @typedef {import('./conformance-tools.mjs').TalkingTool} TalkingTool */

/** @type {Record<string, TalkingTool>} */
const tools = {
  ...Object.fromEntries(Object.entries(PLAIN_TOOLS).map(([name, result]) => [name, { call: async () => result }])),
  ...TALKING_TOOLS,
  json_schema_2020_12_tool: { inputSchema: SCHEMA_2020_12, call: async (args) => said(JSON.stringify(args)) },
};

function createConformanceServer() {
  const capabilities = {
    tools: { listChanged: true },
    resources: { subscribe: true, listChanged: true },
    prompts: { listChanged: true },
    logging: {},
    completions: {},
  };
  const { server } = new McpServer({ name: 'conformance', version: '1.0.0' }, { capabilities });
  const listed = Object.entries(tools).map(([name, { inputSchema = { type: /** @type {const} */ ('object') } }]) => ({
    name,
    description: `${name} of the conformance suite`,
    inputSchema,
  }));
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: listed }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }, extra) => known(tools[params.name]).call(params.arguments ?? {}, extra));
  server.setRequestHandler(ListResourcesRequestSchema, () => ({ resources: RESOURCES }));
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({ resourceTemplates: TEMPLATES }));
  server.setRequestHandler(ReadResourceRequestSchema, ({ params }) => known(readResource(params.uri)));
  server.setRequestHandler(SubscribeRequestSchema, () => ({}));
  server.setRequestHandler(UnsubscribeRequestSchema, () => ({}));
  server.setRequestHandler(ListPromptsRequestSchema, () => ({ prompts: PROMPTS }));
  server.setRequestHandler(GetPromptRequestSchema, ({ params }) => known(getPrompt(params.name, params.arguments)));
  server.setRequestHandler(CompleteRequestSchema, () => ({ completion: { values: [], total: 0, hasMore: false } }));
  return server;
}

/** @template T @param {T | undefined} found @returns {T} */
function known(found) {
  if (found === undefined) throw new McpError(ErrorCode.InvalidParams, 'There is nothing of that name');
  return found;
}

/** @type {Map<string, StreamableHTTPServerTransport>} */
const sessions = new Map();

/**
 * The headers decide which session it is; the transport reads the body.
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function serve(request, response) {
  const { host = '', 'mcp-session-id': session } = request.headers;
  // DNS rebinding: a page of another origin reaches this port under its own name.
  if (!/^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host)) return refuse(response, 403, 'Invalid Host header');
  const found = typeof session === 'string' ? sessions.get(session) : undefined;
  if (found) return found.handleRequest(request, response);
  if (session !== undefined) return refuse(response, 404, 'Session not found');
  // Refuses anything but `initialize` by itself.
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    eventStore: new RememberedEvents(),
    retryInterval: 100,
    onsessioninitialized: (id) => void sessions.set(id, transport),
    onsessionclosed: (id) => void sessions.delete(id),
  });
  await createConformanceServer().connect(transport);
  return transport.handleRequest(request, response);
}

/** @param {import('node:http').ServerResponse} response @param {number} status @param {string} message */
function refuse(response, status, message) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', error: { code: -32000, message }, id: null }));
}

if (process.argv[2] === 'stdio') await createConformanceServer().connect(new StdioServerTransport());
else {
  const server = createServer((request, response) => {
    serve(request, response).catch((error) => {
      process.stderr.write(`conformance server: ${String(error)}\n`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.listen(Number(process.env['MCP_PORT'] ?? process.env['PORT']), process.env['MCP_HOST'] ?? '127.0.0.1', () => {
    const address = server.address();
    if (address !== null && typeof address !== 'string') process.stdout.write(`${address.port}\n`);
  });
}
