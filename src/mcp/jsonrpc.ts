/** Messages of Holdfast's own (JSON-RPC 2.0). Answers take the id as the bytes that it came in; requests and notifications are text. */

import { decodeUtf8, encodeUtf8 } from '../lib/utf8.ts';

/** The codes that JSON-RPC 2.0 defines (section 5.1). Holdfast's own are in the catalogue of errors. */
export const RPC = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
} as const;

/** @param id the JSON of the id, null where it is empty; `result`: JSON */
export function resultResponse(id: Uint8Array, result: string | Uint8Array): Uint8Array {
  const json = typeof result === 'string' ? result : decodeUtf8(result);
  return encodeUtf8(`{"jsonrpc":"2.0","id":${idText(id)},"result":${json}}`);
}

/** @param id the JSON of the id, null where it is empty; `data`: anything that JSON.stringify takes, absent where undefined */
export function errorResponse(id: Uint8Array, code: number, message: string, data?: unknown): Uint8Array {
  return encodeUtf8(`{"jsonrpc":"2.0","id":${idText(id)},"error":${JSON.stringify({ code, message, data })}}`);
}

/** @param params JSON, null for none */
export function requestText(id: number | string, method: string, params: string | null): string {
  const rest = params === null ? '' : `,"params":${params}`;
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":${JSON.stringify(method)}${rest}}`;
}

/** @param params JSON, null for none */
export function notificationText(method: string, params: string | null): string {
  const rest = params === null ? '' : `,"params":${params}`;
  return `{"jsonrpc":"2.0","method":${JSON.stringify(method)}${rest}}`;
}

/** Tells a client that a resource it subscribed to may have changed. */
export function resourceUpdated(uri: string): Uint8Array {
  return encodeUtf8(notificationText('notifications/resources/updated', JSON.stringify({ uri })));
}

/** Tells the other side that nobody waits any more for a request with that id. */
export function cancelledNotification(requestId: number | string, reason: string): string {
  return notificationText('notifications/cancelled', JSON.stringify({ requestId, reason }));
}

function idText(id: Uint8Array): string {
  return id.length === 0 ? 'null' : decodeUtf8(id);
}
