import { copied } from '../../lib/copied.ts';
import type { Message } from '../../mcp/message.ts';
import type { Exchange } from '../relay/exchange.ts';
import type { Session } from '../session/session.ts';
import type { HttpExchangeHost } from './http-exchange-host.ts';
import type { ServerRequests } from './server-requests.ts';
import { rewritten } from './stdio-wire.ts';

/** A notification or request that came before the answer, on the stream of a request: it goes on the client's stream of the same request. */
export function forwardServerMessage(message: Message, x: Exchange, generation: number, host: HttpExchangeHost): void {
  if (message.kind === 'request') {
    x.asked = true;
    const bytes = x.session ? withClientId(message, x.session, generation, host.requests) : rewritten(message, []);
    if (bytes) x.answer.event(bytes);
    return;
  }
  if (message.method === 'notifications/progress' && !isNewProgress(message, x)) return;
  const bytes = x.session ? withCancelledId(message, x.session, generation, host.requests) : rewritten(message, []);
  if (bytes && !x.cancelled) x.answer.event(bytes);
}

/** A server's request with an id of Holdfast's own: a new generation counts from 0 again. */
export function withClientId(message: Message, session: Session, generation: number, requests: ServerRequests): Uint8Array | null {
  const id = message.id;
  // A session that has ended has nobody to answer.
  if (!id || session.ended) return null;
  const clientId = requests.add({
    session,
    method: message.method,
    idBytes: copied(message.bytes, id.start, id.end),
    idKey: id.key,
    generation,
  });
  return rewritten(message, [{ start: id.start, end: id.end, replacement: clientId }]);
}

/** A server's notification; one that cancels a request of its own names it as the client knows it. Null: the client knows no such request. */
export function withCancelledId(message: Message, session: Session, generation: number, requests: ServerRequests): Uint8Array | null {
  if (message.method !== 'notifications/cancelled') return rewritten(message, []);
  const id = message.identifier('params.requestId');
  const cancelled = id && requests.cancel(generation, id.key, session);
  return id && cancelled ? rewritten(message, [{ start: id.start, end: id.end, replacement: cancelled.id }]) : null;
}

/** After a repeat the server counts from the beginning again: the client gets only what is new to it. */
function isNewProgress(message: Message, x: Exchange): boolean {
  const value = message.number('params.progress') ?? Number.NEGATIVE_INFINITY;
  if (value <= x.progress) return false;
  x.progress = value;
  return true;
}
