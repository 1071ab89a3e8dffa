// A streamable HTTP MCP server for tests, made with the official SDK 1: see fixture-conduct.mjs for what it can be told and what it writes down.
// It listens on MCP_PORT, or on `--port N`. `/mcp` is its endpoint.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { boot, journal, readConduct } from './fixture-conduct.mjs';
import { connectWatched, createFixture } from './fixture-tools.mjs';

/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('node:http').ServerResponse} Response */

const conduct = readConduct();
await boot(conduct);

/** @type {Map<string, StreamableHTTPServerTransport>} */
const transports = new Map();
const only = conduct.oneSession === true ? await makeTransport() : null;

/** Each session has a server and a transport of its own, as in the SDK's examples. */
async function makeTransport() {
  const stateless = conduct.stateless === true;
  const transport = new StreamableHTTPServerTransport({
    ...(stateless ? {} : { sessionIdGenerator: randomUUID }),
    enableJsonResponse: conduct.json === true,
    ...(conduct.resumable === true ? { eventStore: memoryEvents(), retryInterval: 50 } : {}),
    onsessioninitialized: (id) => void transports.set(id, transport),
    onsessionclosed: (id) => void transports.delete(id),
  });
  return connectWatched(createFixture(conduct), transport, conduct);
}

/** As the SDK's example of an event store. */
function memoryEvents() {
  /** @type {{ id: string, stream: string, message: import('@modelcontextprotocol/sdk/types.js').JSONRPCMessage }[]} */
  const events = [];
  return {
    /** @param {string} stream @param {import('@modelcontextprotocol/sdk/types.js').JSONRPCMessage} message */
    async storeEvent(stream, message) {
      const id = `${stream}_${events.length}`;
      events.push({ id, stream, message });
      return id;
    },
    /**
     * @param {string} last
     * @param {{ send: (id: string, message: import('@modelcontextprotocol/sdk/types.js').JSONRPCMessage) => Promise<void> }} to
     */
    async replayEventsAfter(last, { send }) {
      const from = events.findIndex(({ id }) => id === last);
      const stream = events[from]?.stream ?? '';
      for (const event of events.slice(from + 1)) if (event.stream === stream) await send(event.id, event.message);
      return stream;
    },
  };
}

/** @param {Request} request @param {Response} response */
async function serve(request, response) {
  const body = request.method === 'POST' ? await readBody(request) : undefined;
  const session = request.headers['mcp-session-id'];
  const known = typeof session === 'string' ? transports.get(session) : undefined;
  journal('http', {
    verb: request.method,
    rpc: body?.method,
    session: session ?? null,
    known: known !== undefined,
    headers: request.headers,
  });
  if (only) return only.handleRequest(request, response, body);
  if (known) return known.handleRequest(request, response, body);
  if (conduct.stateless === true) return (await makeTransport()).handleRequest(request, response, body);
  if (session === undefined && body?.method === 'initialize') return (await makeTransport()).handleRequest(request, response, body);
  const unknown = session === undefined ? 400 : (conduct.unknownSession ?? 404);
  const error =
    unknown === 404
      ? { code: -32001, message: 'Session not found' }
      : { code: -32000, message: 'Bad Request: No valid session ID provided' };
  response.writeHead(unknown, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', error, id: null }));
}

/** @param {Request} request @returns {Promise<{ method?: string }>} */
async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(/** @type {Buffer} */ (chunk));
  return /** @type {{ method?: string }} */ (JSON.parse(Buffer.concat(chunks).toString('utf8')));
}

const at = process.argv.indexOf('--port');
const port = Number(at > 0 ? process.argv[at + 1] : process.env['MCP_PORT']);
const server = createServer((request, response) => {
  serve(request, response).catch((error) => {
    process.stderr.write(`fixture: ${String(error)}\n`);
    if (!response.headersSent) response.writeHead(500);
    response.end();
  });
});
server.listen(port, process.env['MCP_HOST'] ?? '127.0.0.1', () => journal('listening', { port }));
