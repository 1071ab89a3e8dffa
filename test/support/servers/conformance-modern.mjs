// An MCP server of the 2026-07-28 revision with all that the official conformance suite looks for, made with the official SDK 2.
// It listens on MCP_PORT (as Holdfast says it) or PORT; with port 0 the one that it got is the line it prints.
import { setTimeout as pause } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import {
  createMcpHandler,
  fromJsonSchema,
  hostHeaderValidationResponse,
  inputRequired,
  localhostAllowedHostnames,
  McpServer,
  ResourceTemplate,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import { ASKING_TOOLS, askFor, requestStates, typed } from './conformance-asking.mjs';
import { getPrompt, PLAIN_TOOLS, PROMPTS, RESOURCES, readResource, SCHEMA_2020_12, said, TEMPLATES } from './conformance-content.mjs';

/** Between two things that a tool says, ms: the suite's own number. */
const STEP_MS = 50;

const noArguments = z.object({});

function createServer() {
  const capabilities = {
    tools: { listChanged: true },
    resources: { subscribe: true, listChanged: true },
    prompts: { listChanged: true },
    completions: {},
    logging: {},
  };
  const mcp = new McpServer(
    { name: 'conformance-modern', version: '1.0.0' },
    { capabilities, requestState: { verify: (state, context) => requestStates.verify(state, context) } },
  );
  tools(mcp);
  resources(mcp);
  prompts(mcp);
  mcp.server.setRequestHandler('completion/complete', () => ({ completion: { values: [], total: 0, hasMore: false } }));
  return mcp;
}

/** @param {McpServer} mcp */
function tools(mcp) {
  /** @param {string} name */
  const described = (name) => ({ description: `${name} of the conformance suite`, inputSchema: noArguments });
  for (const [name, result] of Object.entries(PLAIN_TOOLS)) mcp.registerTool(name, described(name), () => result);
  for (const [name, tool] of Object.entries(ASKING_TOOLS)) mcp.registerTool(name, described(name), (_, context) => tool(context));
  mcp.registerTool('test_tool_with_progress', described('progress'), async (_, { mcpReq: { _meta, notify } }) => {
    const progressToken = _meta?.progressToken;
    for (const progress of [0, 50, 100]) {
      if (progressToken !== undefined) await notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } });
      await pause(STEP_MS);
    }
    return said(String(progressToken));
  });
  mcp.registerTool('test_streaming_elicitation', described('a stream'), () => said('Nothing is asked for.'));
  mcp.registerTool('test_logging_tool', described('logging'), async (_, { mcpReq: { envelope = {}, notify } }) => {
    // Only those who ask for it get what is logged.
    if ('io.modelcontextprotocol/logLevel' in envelope)
      await notify({ method: 'notifications/message', params: { level: 'info', data: 'logged' } });
    return said('logged');
  });
  const region = { type: 'string', description: 'Repeated in a header', 'x-mcp-header': 'Region' };
  mcp.registerTool(
    'test_x_mcp_header',
    { ...described('a header'), inputSchema: fromJsonSchema({ type: 'object', properties: { region } }) },
    (args) => said(JSON.stringify(args)),
  );
  mcp.registerTool('json_schema_2020_12_tool', { ...described('a schema'), inputSchema: fromJsonSchema(SCHEMA_2020_12) }, (args) =>
    said(JSON.stringify(args)),
  );
  mcp.registerTool('test_trigger_tool_change', described('a change'), () => {
    handler.notify.toolsChanged();
    return said('told');
  });
  mcp.registerTool('test_trigger_prompt_change', described('a change'), () => {
    handler.notify.promptsChanged();
    return said('told');
  });
}

/** @param {McpServer} mcp */
function resources(mcp) {
  /** @param {URL} uri */
  const read = (uri) => readResource(uri.href) ?? { contents: [] };
  for (const { uri, name, ...rest } of RESOURCES) mcp.registerResource(name, uri, rest, read);
  for (const { uriTemplate, name, ...rest } of TEMPLATES)
    mcp.registerResource(name, new ResourceTemplate(uriTemplate, { list: undefined }), rest, read);
}

/** @param {McpServer} mcp */
function prompts(mcp) {
  for (const { name, description, arguments: expected = [] } of PROMPTS) {
    const argsSchema = z.object(Object.fromEntries(expected.map((argument) => [argument.name, z.string().describe(argument.description)])));
    mcp.registerPrompt(name, { description, argsSchema }, (args) => getPrompt(name, args) ?? { messages: [] });
  }
  const name = 'test_input_required_result_prompt';
  mcp.registerPrompt(name, { description: 'A prompt that asks for something', argsSchema: noArguments }, (_, context) => {
    const given = typed(context, 'user_context', 'context');
    if (given === undefined) return inputRequired({ inputRequests: { user_context: askFor('Which context?', 'context') } });
    return { messages: [{ role: /** @type {const} */ ('user'), content: { type: /** @type {const} */ ('text'), text: given } }] };
  });
}

const handler = createMcpHandler(createServer, { legacy: 'reject' });
/** @param {Request} request */
const fetch = (request) => hostHeaderValidationResponse(request, localhostAllowedHostnames()) ?? handler.fetch(request);
serve(
  { fetch, port: Number(process.env['MCP_PORT'] ?? process.env['PORT']), hostname: process.env['MCP_HOST'] ?? '127.0.0.1' },
  ({ port }) => process.stdout.write(`${port}\n`),
);
