import { HoldfastError } from '../core/errors/holdfast-error.ts';
import { failureResponse } from '../core/relay/failure.ts';
import { decodeUtf8, encodeUtf8 } from '../lib/utf8.ts';
import { errorResponse, RPC } from '../mcp/jsonrpc.ts';
import { peekBody } from '../mcp/peek.ts';
import type { PeekFailure } from '../mcp/peek-failure.ts';

const NO_ID = new Uint8Array(0);

/** The keys of the ids that these bytes answer; none where they are no answers. */
export function answeredBy(bytes: Uint8Array): string[] {
  const body = peekBody(bytes);
  if (!body.ok) return [];
  const messages = body.kind === 'batch' ? body.messages : [body];
  return messages.flatMap(({ kind, id }) => ((kind === 'response' || kind === 'error-response') && id ? [id.key] : []));
}

/** An error of ours for every id that waits: a line each, or one for a batch. */
export function refusedAs(error: HoldfastError, waiting: ReadonlyMap<string, Uint8Array>, isBatch: boolean): Uint8Array[] {
  const lines = [...waiting.values()].map((id) => failureResponse(id, error, null));
  return isBatch ? [encodeUtf8(`[${lines.map((line) => decodeUtf8(line)).join(',')}]`)] : lines;
}

/** What the gateway refused with an HTTP status, for every id that waits: its own error where its body has one. */
export function refusedBy(body: Uint8Array, status: number, waiting: ReadonlyMap<string, Uint8Array>): Uint8Array[] {
  const message = peekBody(body);
  const range = message.ok && message.kind === 'error-response' ? message.range('error') : undefined;
  if (range === undefined) {
    const what = `The gateway answered with HTTP status ${status}`;
    return refusedAs(new HoldfastError('HF_BAD_ANSWER', { what }), waiting, false);
  }
  const error = decodeUtf8(body, range.start, range.end);
  return [...waiting.values()].map((id) => encodeUtf8(`{"jsonrpc":"2.0","id":${decodeUtf8(id)},"error":${error}}`));
}

/** A line that is no message: answered as JSON-RPC has it, since nobody can tell which request it was. */
export function unreadable({ reason, offset, words }: PeekFailure): Uint8Array {
  const isShape = reason === 'not-jsonrpc' || reason === 'duplicate-key' || reason === 'empty-batch';
  const text = `The line is refused: ${words} (byte ${offset})`;
  return errorResponse(NO_ID, isShape ? RPC.invalidRequest : RPC.parseError, text, { code: 'HF_BAD_MESSAGE', reason, offset });
}

export function lineTooLong(bytes: number): Uint8Array {
  const text = `The line is refused: it is longer than ${bytes / 1024 / 1024} MB`;
  return errorResponse(NO_ID, RPC.invalidRequest, text, { code: 'HF_BODY_TOO_LARGE' });
}
