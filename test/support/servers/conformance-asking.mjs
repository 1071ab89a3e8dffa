// Tools of the conformance suite that need something of the client, as servers of the 2026-07-28 revision do: they answer with what
// they ask for, and the client calls again with the answers. Official SDK 2.
import { acceptedContent, CLIENT_CAPABILITIES_META_KEY, createRequestStateCodec, inputRequired } from '@modelcontextprotocol/server';
import { said } from './conformance-content.mjs';

/** @typedef {import('@modelcontextprotocol/server').ServerContext} Context */
/** @typedef {import('@modelcontextprotocol/server').CallToolResult} CallToolResult */
/** @typedef {import('@modelcontextprotocol/server').InputRequiredResult} InputRequiredResult */
/** @typedef {import('@modelcontextprotocol/server').InputRequests} InputRequests */
/** @typedef {import('@modelcontextprotocol/server').ClientCapabilities} ClientCapabilities */
/** @typedef {{ round: number, name?: string }} State */
/** @typedef {(context: Context) => CallToolResult | InputRequiredResult | Promise<CallToolResult | InputRequiredResult>} AskingTool */

/** What a client hands back is signed, so that it cannot make it up. */
export const requestStates = /** @type {typeof createRequestStateCodec<State>} */ (createRequestStateCodec)({
  key: crypto.getRandomValues(new Uint8Array(32)),
});

/** @param {string} message @param {string} field of the form, a text */
export const askFor = (message, field) =>
  inputRequired.elicit({ message, requestedSchema: { type: 'object', properties: { [field]: { type: 'string' } }, required: [field] } });

/** @param {string} text */
const sample = (text) => inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text } }], maxTokens: 100 });

/** What the user typed into the field of a form, where they did. @param {Context} context @param {string} key @param {string} field */
export function typed({ mcpReq }, key, field) {
  const value = acceptedContent(mcpReq.inputResponses, key)?.[field];
  return typeof value === 'string' ? value : undefined;
}

const NAME = askFor('What is your name?', 'name');
const CONFIRM = inputRequired.elicit({
  message: 'Please confirm',
  requestedSchema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
});

/** @type {AskingTool} */
const complete = ({ mcpReq }) => {
  const answer = mcpReq.inputResponses?.['capital_question'];
  if (answer !== undefined) return said(`The model said ${JSON.stringify(answer)}`);
  return inputRequired({ inputRequests: { capital_question: sample('What is the capital of France?') } });
};

/** @type {AskingTool} */
const confirm = async ({ mcpReq }) => {
  if (mcpReq.requestState() !== undefined && acceptedContent(mcpReq.inputResponses, 'confirm') !== undefined)
    return said('state-ok: it came back as it was given');
  return inputRequired({
    inputRequests: { confirm: CONFIRM },
    requestState: await requestStates.mint({ round: 1 }),
  });
};

/** @type {Record<string, AskingTool>} */
export const ASKING_TOOLS = {
  test_missing_capability: complete,
  test_input_required_result_sampling: complete,
  test_input_required_result_request_state: confirm,
  test_input_required_result_tampered_state: confirm,
  test_input_required_result_elicitation(context) {
    const name = typed(context, 'user_name', 'name');
    return name === undefined ? inputRequired({ inputRequests: { user_name: NAME } }) : said(`Hello, ${name}!`);
  },
  test_input_required_result_list_roots({ mcpReq }) {
    const answer = mcpReq.inputResponses?.['client_roots'];
    if (answer !== undefined) return said(`The roots are ${JSON.stringify(answer)}`);
    return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  },
  async test_input_required_result_multiple_inputs({ mcpReq }) {
    const inputRequests = { user_name: NAME, greeting: sample('Generate a greeting'), client_roots: inputRequired.listRoots() };
    const answers = mcpReq.inputResponses ?? {};
    if (Object.keys(inputRequests).every((key) => answers[key] !== undefined)) return said(JSON.stringify(answers));
    return inputRequired({ inputRequests, requestState: await requestStates.mint({ round: 1 }) });
  },
  async test_input_required_result_multi_round(context) {
    const state = /** @type {typeof context.mcpReq.requestState<State>} */ (context.mcpReq.requestState)();
    if (state === undefined) return inputRequired({ inputRequests: { step1: NAME }, requestState: await requestStates.mint({ round: 1 }) });
    if (state.round === 1) {
      const name = typed(context, 'step1', 'name') ?? 'nobody';
      const step2 = askFor('What is your favorite color?', 'color');
      return inputRequired({ inputRequests: { step2 }, requestState: await requestStates.mint({ round: 2, name }) });
    }
    return said(`${state.name ?? 'nobody'} likes ${typed(context, 'step2', 'color') ?? 'nothing'}`);
  },
  test_input_required_result_capabilities({ mcpReq }) {
    if (mcpReq.inputResponses !== undefined) return said('All that was asked for came');
    const envelope = /** @type {{ [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities }} */ (mcpReq.envelope ?? {});
    const { elicitation, sampling } = envelope[CLIENT_CAPABILITIES_META_KEY] ?? {};
    /** @type {InputRequests} */
    const inputRequests = { ...(elicitation ? { user_name: NAME } : {}), ...(sampling ? { greeting: sample('Generate a greeting') } : {}) };
    return Object.keys(inputRequests).length > 0 ? inputRequired({ inputRequests }) : said('There is nothing to ask this client for');
  },
};
