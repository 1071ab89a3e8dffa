// A small MCP server without any package, so that it boots as fast as Node does: for tests that start one often. LIFE names a JSON file that
// says how this incarnation lives; BOOTS names a file that gets one line for each start. It speaks streamable HTTP (answers in JSON, one
// session id for all) where MCP_TRANSPORT says so, else stdio.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { hostname } from 'node:os';
import { createInterface } from 'node:readline';

/**
 * @typedef {object} Life
 * @property {string[]} [say] lines for stderr at the start; `$NAME` becomes the value of that variable
 * @property {number} [exit] ends with this code, instead of serving
 * @property {number} [exitWhenReady] ends with this code as soon as it was handshaked
 * @property {boolean} [deaf] never answers
 * @property {string} [readyWith] answers nothing before that file exists
 * @property {boolean} [stubborn] ignores SIGTERM and the end of its stdin
 * @property {boolean} [escapee] has a grandchild in a session of its own that ignores SIGTERM
 */

/** @typedef {{ jsonrpc: '2.0', id?: number | string, method?: string, params?: { name?: string, arguments?: Record<string, unknown>, protocolVersion?: string } }} Message */

const { LIFE, BOOTS } = process.env;
/** Names this incarnation: in containers, pids are the same again and again. */
const BOOT = randomUUID();
const life = /** @type {Life} */ (LIFE !== undefined && existsSync(LIFE) ? JSON.parse(readFileSync(LIFE, 'utf8')) : {});

/** Runs on whatever happens to this process; says who it is before this process goes on. */
const ESCAPEE = `process.on('SIGTERM', () => {}); setInterval(() => {}, 60_000); process.send('there', () => process.disconnect());`;

/** @param {string[]} lines */
const say = (lines) => {
  for (const line of lines) process.stderr.write(`${line.replaceAll(/\$\w+/g, (word) => process.env[word.slice(1)] ?? '')}\n`);
};

if (life.stubborn === true) process.on('SIGTERM', () => say(['SIGTERM is ignored']));
const escapee =
  life.escapee === true ? spawn(process.execPath, ['-e', ESCAPEE], { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }) : null;
if (escapee !== null) await new Promise((resolve) => escapee.once('message', resolve));
escapee?.unref();
const self = { boot: BOOT, pid: process.pid, host: hostname(), at: Date.now(), escapee: escapee?.pid ?? null };
if (BOOTS !== undefined) appendFileSync(BOOTS, `${JSON.stringify(self)}\n`);
say(life.say ?? []);
if (life.exit !== undefined) process.exit(life.exit);

const TOOLS = [
  { name: 'who', description: 'Which incarnation answers', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } },
  { name: 'die', description: 'Ends the process without an answer', inputSchema: { type: 'object' } },
  { name: 'say', description: 'Writes lines to stderr', inputSchema: { type: 'object' } },
];

/** @param {Message} message @returns {object | null} the result, null where none is due */
function resultOf({ method, params }) {
  const given = params?.arguments ?? {};
  if (method === 'initialize') {
    return { protocolVersion: params?.protocolVersion ?? '', capabilities: { tools: {} }, serverInfo: { name: 'lives', version: '1.0.0' } };
  }
  if (method === 'tools/list') return { tools: TOOLS };
  if (method === 'ping') return {};
  if (method !== 'tools/call') return null;
  if (params?.name === 'die') process.exit(Number(given['code'] ?? 1));
  if (params?.name === 'say') say(Array.from({ length: Number(given['times'] ?? 1) }, () => String(given['line'])));
  return { content: [{ type: 'text', text: BOOT }] };
}

/** @param {Message} message */
function answerTo(message) {
  if (message.id === undefined || message.method === undefined || life.deaf === true) return null;
  const result = resultOf(message);
  const failure = { code: -32601, message: `Method ${message.method} not found` };
  return JSON.stringify({ jsonrpc: '2.0', id: message.id, ...(result === null ? { error: failure } : { result }) });
}

async function untilReady() {
  while (life.readyWith !== undefined && !existsSync(life.readyWith)) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** @param {Message} message @param {(answer: string | null) => void} reply */
async function handle(message, reply) {
  await untilReady();
  reply(answerTo(message));
  if (message.method === 'notifications/initialized' && life.exitWhenReady !== undefined) process.exit(life.exitWhenReady);
}

function serveStdio() {
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    // A connection that was made again begins with the end of a line.
    if (line === '') return;
    void handle(/** @type {Message} */ (JSON.parse(line)), (answer) => {
      if (answer !== null) process.stdout.write(`${answer}\n`);
    });
  });
  lines.on('close', () => {
    if (life.stubborn !== true) process.exit(0);
  });
  if (life.stubborn === true) setInterval(() => {}, 60_000);
}

/** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
async function serveRequest(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(/** @type {Buffer} */ (chunk));
  if (life.deaf === true) return;
  if (request.method !== 'POST') return void response.writeHead(request.method === 'GET' ? 405 : 200).end();
  await handle(/** @type {Message} */ (JSON.parse(Buffer.concat(chunks).toString('utf8'))), (answer) => {
    response.writeHead(answer === null ? 202 : 200, { 'content-type': 'application/json', 'mcp-session-id': 'the-only-one' });
    response.end(answer ?? '');
  });
  if (life.exitWhenReady !== undefined) response.once('close', () => process.exit(life.exitWhenReady));
}

if (process.env['MCP_TRANSPORT'] === 'streamable-http') {
  const server = createServer((request, response) => void serveRequest(request, response));
  server.listen(Number(process.env['MCP_PORT']), process.env['MCP_HOST'] ?? '127.0.0.1');
} else serveStdio();
