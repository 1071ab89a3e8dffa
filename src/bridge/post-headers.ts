import type { Message } from '../mcp/message.ts';
import { requestTraits } from '../mcp/methods.ts';

/** What every POST carries. */
export const postHeaders = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' } as const;

/**
 * The headers that repeat parts of a message of the 2026-07-28 era (Streamable HTTP, required headers): on a pipe there are none.
 * @param version of a message that names none itself
 */
export function modernHeaders(message: Message, version: string | null): Record<string, string> {
  const named = message.text('params._meta.protocolVersion') ?? version;
  const field = requestTraits(message.method)?.nameField;
  const name = field && message.text(field);
  return {
    ...(named === null ? {} : { 'mcp-protocol-version': headerValue(named) }),
    'mcp-method': headerValue(message.method),
    ...(name === undefined ? {} : { 'mcp-name': headerValue(name) }),
  };
}

/** Plain where a header can carry it, else in base64 as the revision has it: `=?base64?…?=`. */
function headerValue(text: string): string {
  const isPlain = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !text.startsWith('=?base64?');
  return isPlain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}
