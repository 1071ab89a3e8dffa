// Tools of the conformance suite that talk to the client while they run, as servers of the 2025-11-25 revision do: official SDK 1.
import { setTimeout as pause } from 'node:timers/promises';
import { CreateMessageResultSchema, ElicitResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { said } from './conformance-content.mjs';

/** @typedef {import('@modelcontextprotocol/sdk/types.js').ServerRequest} ServerRequest */
/** @typedef {import('@modelcontextprotocol/sdk/types.js').ServerNotification} ServerNotification */
/** @typedef {import('@modelcontextprotocol/sdk/shared/protocol.js').RequestHandlerExtra<ServerRequest, ServerNotification>} Extra */
/** @typedef {import('@modelcontextprotocol/sdk/types.js').ElicitRequestFormParams['requestedSchema']} FormSchema */
/** @typedef {import('@modelcontextprotocol/sdk/types.js').Tool['inputSchema']} InputSchema */
/** @typedef {import('@modelcontextprotocol/sdk/types.js').CallToolResult} CallToolResult */
/** @typedef {{ inputSchema?: InputSchema, call: (args: Record<string, unknown>, extra: Extra) => Promise<CallToolResult> }} TalkingTool */

/** Between two things that a tool says, ms: the suite's own number. */
const STEP_MS = 50;
/** So long that Holdfast, which hides that the server hung up, makes a stream of the call: that takes up to 2 s, quicker answers are JSON. */
const RECONNECTION_MS = 3_500;

/** @param {string} name @returns {InputSchema} */
const oneString = (name) => ({ type: 'object', properties: { [name]: { type: 'string' } }, required: [name] });

/** @type {Record<string, TalkingTool>} */
export const TALKING_TOOLS = {
  test_tool_with_logging: {
    async call(_, { sendNotification }) {
      for (const data of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
        await sendNotification({ method: 'notifications/message', params: { level: 'info', data } });
        await pause(STEP_MS);
      }
      return said('Tool with logging executed successfully');
    },
  },
  test_tool_with_progress: {
    async call(_, { sendNotification, _meta }) {
      const progressToken = _meta?.progressToken;
      for (const progress of [0, 50, 100]) {
        if (progressToken !== undefined)
          await sendNotification({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } });
        await pause(STEP_MS);
      }
      return said(String(progressToken));
    },
  },
  /** Hangs up in the middle of the call: the answer is had by Last-Event-ID (SEP-1699). Over stdio there is nothing to hang up. */
  test_reconnection: {
    async call(_, { closeSSEStream }) {
      closeSSEStream?.();
      await pause(RECONNECTION_MS);
      return said('Reconnection test completed successfully.');
    },
  },
  test_sampling: {
    inputSchema: oneString('prompt'),
    async call({ prompt }, { sendRequest }) {
      const messages = [{ role: /** @type {const} */ ('user'), content: { type: /** @type {const} */ ('text'), text: String(prompt) } }];
      const request = { method: /** @type {const} */ ('sampling/createMessage'), params: { messages, maxTokens: 100 } };
      const { content } = await sendRequest(request, CreateMessageResultSchema);
      return said(`LLM response: ${content.type === 'text' ? content.text : content.type}`);
    },
  },
  test_elicitation: {
    inputSchema: oneString('message'),
    async call({ message }, { sendRequest }) {
      const properties = {
        username: { type: /** @type {const} */ ('string'), description: "User's response" },
        email: { type: /** @type {const} */ ('string'), description: "User's email address" },
      };
      return ask(sendRequest, String(message), { type: 'object', properties, required: ['username', 'email'] });
    },
  },
  test_elicitation_sep1034_defaults: {
    call: (_, { sendRequest }) =>
      ask(sendRequest, 'Please review the form fields with defaults', {
        type: 'object',
        properties: {
          name: { type: 'string', default: 'John Doe' },
          age: { type: 'integer', default: 30 },
          score: { type: 'number', default: 95.5 },
          status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
          verified: { type: 'boolean', default: true },
        },
      }),
  },
  test_elicitation_sep1330_enums: {
    call: (_, { sendRequest }) => {
      const plain = ['option1', 'option2', 'option3'];
      /** @param {string} noun */
      const titled = (noun) =>
        ['First', 'Second', 'Third'].map((title, index) => ({ const: `value${index + 1}`, title: `${title} ${noun}` }));
      return ask(sendRequest, 'Please select from the enum fields', {
        type: 'object',
        properties: {
          untitledSingle: { type: 'string', enum: plain },
          titledSingle: { type: 'string', oneOf: titled('Option') },
          legacyEnum: { type: 'string', enum: ['opt1', 'opt2', 'opt3'], enumNames: ['Option One', 'Option Two', 'Option Three'] },
          untitledMulti: { type: 'array', items: { type: 'string', enum: plain } },
          titledMulti: { type: 'array', items: { anyOf: titled('Choice') } },
        },
      });
    },
  },
};

/** @param {Extra['sendRequest']} sendRequest @param {string} message @param {FormSchema} requestedSchema */
async function ask(sendRequest, message, requestedSchema) {
  const answer = await sendRequest({ method: 'elicitation/create', params: { message, requestedSchema } }, ElicitResultSchema);
  return said(`Elicitation completed: action=${answer.action}, content=${JSON.stringify(answer.content ?? {})}`);
}
