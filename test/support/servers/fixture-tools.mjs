// What the fixture servers of the 2025 era offer, made with the official SDK 1.
import { hostname } from 'node:os';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import {
  CreateMessageResultSchema,
  ElicitResultSchema,
  ListRootsResultSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';
import { BOOT, executedBefore, journal, pause } from './fixture-conduct.mjs';

/** @typedef {import('./fixture-conduct.mjs').Conduct} Conduct */
/** @typedef {import('@modelcontextprotocol/sdk/shared/transport.js').Transport} Transport */
/** @typedef {import('@modelcontextprotocol/sdk/types.js').CallToolResult} CallToolResult */

/** @param {unknown} value @returns {CallToolResult} */
const text = (value) => ({ content: [{ type: 'text', text: typeof value === 'string' ? value : JSON.stringify(value) }] });

/** @param {Conduct} conduct */
export function createFixture(conduct) {
  const mcp = new McpServer(
    { name: 'fixture', version: '1.0.0' },
    { capabilities: { logging: {}, resources: { subscribe: true, listChanged: true } } },
  );
  /** @type {Set<string>} */
  const subscribed = new Set();
  work(mcp, conduct);
  deaths(mcp);
  questions(mcp);
  notifications(mcp, subscribed);
  resources(mcp, subscribed);
  for (const name of conduct.extraTools ?? []) mcp.registerTool(name, { description: 'An extra tool' }, () => text(name));
  return mcp;
}

/**
 * Journals each message that arrives, before the server sees it; makes the server speak an older revision where it is to.
 * @template {Transport} T
 * @param {McpServer} mcp
 * @param {T} transport
 * @param {Conduct} conduct
 * @returns {Promise<T>}
 */
export async function connectWatched(mcp, transport, conduct) {
  await mcp.connect(transport);
  const take = transport.onmessage;
  /** @type {NonNullable<Transport['onmessage']>} */
  const onmessage = (message, extra) => {
    if ('method' in message) {
      journal('received', { method: message.method, ...('id' in message ? { id: message.id } : {}), params: message.params });
      if (message.method === 'initialize' && conduct.protocolVersion !== undefined && message.params)
        message.params['protocolVersion'] = conduct.protocolVersion;
    } else journal('answered', { ...message });
    take?.(message, extra);
  };
  const { claimedVersion } = conduct;
  if (claimedVersion === undefined) return Object.assign(transport, { onmessage });
  const say = transport.send.bind(transport);
  /** @type {Transport['send']} */
  const send = (message, options) => {
    if ('result' in message && 'protocolVersion' in message.result) message.result['protocolVersion'] = claimedVersion;
    return say(message, options);
  };
  return Object.assign(transport, { onmessage, send });
}

/** Tools that only count and wait: `ms` always, `firstMs` only when nothing ran with that tag before. @param {McpServer} mcp @param {Conduct} conduct */
function work(mcp, conduct) {
  const inputSchema = { tag: z.string().optional(), ms: z.number().optional(), firstMs: z.number().optional() };
  /** @type {[string, { readOnlyHint?: boolean, idempotentHint?: boolean }][]} */
  const tools = [
    ['unsafe', {}],
    ['safe', { readOnlyHint: true }],
    ['idempotent', { idempotentHint: true }],
  ];
  for (const [name, annotations] of tools) {
    const annotated = conduct.plain === true ? {} : { annotations };
    mcp.registerTool(name, { description: `Counts: ${name}`, inputSchema, ...annotated }, async ({ tag, ms, firstMs }, { signal }) => {
      const wait = firstMs !== undefined && !executedBefore(name, tag) ? firstMs : ms;
      journal('executed', { tool: name, tag });
      if (wait !== undefined) await pause(wait, signal);
      journal(signal.aborted ? 'cancelled' : 'finished', { tool: name, tag });
      return text(`${name} ${tag ?? ''}`.trim());
    });
  }
  mcp.registerTool('whoami', { description: 'Who asks, and who answers', annotations: { readOnlyHint: true } }, () => {
    const client = { client: mcp.server.getClientVersion()?.name, capabilities: mcp.server.getClientCapabilities() };
    return text({ pid: process.pid, boot: BOOT, host: hostname(), ...client });
  });
  mcp.registerTool('big', { description: 'A large answer', inputSchema: { bytes: z.number() } }, ({ bytes }) => text('x'.repeat(bytes)));
}

/** Tools that end the process, or spoil its output. @param {McpServer} mcp */
function deaths(mcp) {
  const inputSchema = {
    code: z.number().optional(),
    signal: z.string().optional(),
    afterMs: z.number().optional(),
    say: z.array(z.string()).optional(),
    partial: z.string().optional(),
  };
  mcp.registerTool(
    'die',
    { description: 'Ends the process without an answer', inputSchema },
    async ({ code, signal, afterMs, say, partial }) => {
      journal('executed', { tool: 'die' });
      if (afterMs !== undefined) await pause(afterMs);
      for (const line of say ?? []) process.stderr.write(`${line}\n`);
      if (partial !== undefined) process.stdout.write(partial);
      if (signal !== undefined) process.kill(process.pid, signal);
      else process.exit(code ?? 1);
      await pause(60_000);
      return text('still alive');
    },
  );
  mcp.registerTool('eat', { description: 'Takes memory and keeps it', inputSchema: { megabytes: z.number() } }, async ({ megabytes }) => {
    journal('executed', { tool: 'eat' });
    const eaten = [];
    for (let count = 0; count < megabytes; count += 16) {
      eaten.push(Buffer.alloc(16 * 1024 * 1024, 1));
      await pause(1);
    }
    return text(`${eaten.length * 16} MB`);
  });
  const noise = { line: z.string(), times: z.number().optional(), padding: z.number().optional() };
  mcp.registerTool(
    'noise',
    { description: 'Writes lines that are no messages to stdout', inputSchema: noise },
    ({ line, times, padding }) => {
      for (let count = 0; count < (times ?? 1); count += 1) process.stdout.write(`${line} ${count} ${'#'.repeat(padding ?? 0)}\n`);
      return text('noisy');
    },
  );
}

/** Tools that ask the client. @param {McpServer} mcp */
function questions(mcp) {
  const requestedSchema = { type: /** @type {const} */ ('object'), properties: { answer: { type: /** @type {const} */ ('string') } } };
  const inputSchema = { message: z.string(), ms: z.number().optional() };
  mcp.registerTool('elicit', { description: 'Asks the user', inputSchema }, async ({ message, ms }, { sendRequest }) => {
    if (ms !== undefined) await pause(ms);
    const answer = await sendRequest({ method: 'elicitation/create', params: { message, requestedSchema } }, ElicitResultSchema);
    return text(answer);
  });
  mcp.registerTool('elicit-later', { description: 'Answers, then asks', inputSchema }, ({ message, ms }) => {
    void pause(ms ?? 0)
      .then(() => mcp.server.elicitInput({ message, requestedSchema }))
      .then((answer) => journal('asked', { message, answer }))
      .catch((error) => journal('asked', { message, error: String(error) }));
    return text('soon');
  });
  mcp.registerTool('sample', { description: 'Asks the model', inputSchema }, async ({ message }, { sendRequest }) => {
    const params = {
      messages: [{ role: /** @type {const} */ ('user'), content: { type: /** @type {const} */ ('text'), text: message } }],
      maxTokens: 10,
    };
    return text(await sendRequest({ method: 'sampling/createMessage', params }, CreateMessageResultSchema));
  });
  mcp.registerTool('roots', { description: 'Asks for the folders' }, async ({ sendRequest }) =>
    text(await sendRequest({ method: 'roots/list' }, ListRootsResultSchema)),
  );
}

/** Tools that notify. @param {McpServer} mcp @param {Set<string>} subscribed */
function notifications(mcp, subscribed) {
  const steps = { steps: z.number(), ms: z.number().optional() };
  mcp.registerTool(
    'progress',
    { description: 'Reports progress', inputSchema: steps },
    async ({ steps: total, ms }, { _meta, sendNotification }) => {
      const progressToken = _meta?.progressToken;
      for (let progress = 1; progress <= total; progress += 1) {
        if (progressToken !== undefined)
          await sendNotification({ method: 'notifications/progress', params: { progressToken, progress, total } });
        await pause(ms ?? 5);
      }
      return text(`progress ${total}`);
    },
  );
  const levels = z.enum(['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency']);
  mcp.registerTool(
    'log',
    { description: 'Logs', inputSchema: { level: levels, data: z.string() } },
    async ({ level, data }, { sessionId }) => {
      await mcp.server.sendLoggingMessage({ level, data }, sessionId);
      return text('logged');
    },
  );
  mcp.registerTool('touch', { description: 'Changes a resource', inputSchema: { uri: z.string() } }, async ({ uri }) => {
    if (subscribed.has(uri)) await mcp.server.sendResourceUpdated({ uri });
    return text(subscribed.has(uri) ? 'told' : 'nobody subscribed');
  });
  mcp.registerTool('add-tool', { description: 'Adds a tool', inputSchema: { name: z.string() } }, ({ name }) => {
    mcp.registerTool(name, { description: 'Added' }, () => text(name));
    return text('added');
  });
}

/** @param {McpServer} mcp @param {Set<string>} subscribed */
function resources(mcp, subscribed) {
  for (const name of ['one', 'two']) {
    const uri = `fixture://${name}`;
    mcp.registerResource(name, uri, { mimeType: 'text/plain' }, () => ({ contents: [{ uri, text: `${name} of ${process.pid}` }] }));
  }
  mcp.server.setRequestHandler(SubscribeRequestSchema, ({ params }) => {
    subscribed.add(params.uri);
    return {};
  });
  mcp.server.setRequestHandler(UnsubscribeRequestSchema, ({ params }) => {
    subscribed.delete(params.uri);
    return {};
  });
}
