import type { IncomingMessage, ServerResponse } from 'node:http';
import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import type { HeaderList, Reply } from '../../core/ports/reply.ts';
import { refusal } from '../../core/relay/failure.ts';
import type { Relay } from '../../core/relay/relay.ts';
import type { Caller } from '../../core/relay/relay-ports.ts';
import { errorResponse, RPC } from '../../mcp/jsonrpc.ts';
import { peekBody } from '../../mcp/peek.ts';
import type { PeekFailure } from '../../mcp/peek-failure.ts';
import { eraOf, isLegacyRevision } from '../../mcp/revisions.ts';
import { readBody } from './body.ts';
import { passedHeaders } from './passed-headers.ts';
import { HttpReply } from './reply.ts';

const JSON_TYPE: HeaderList = { 'content-type': 'application/json' };

/**
 * The Streamable HTTP transport towards one client request (2025-11-25, basic/transports). Origin and access were checked.
 * @param failed gets what is thrown once the body is there: a defect, whose request must be answered all the same
 */
export function serve(
  request: IncomingMessage,
  response: ServerResponse,
  relay: Relay,
  clientKey: string | null,
  failed: (error: unknown) => void,
): void {
  const reply = new HttpReply(response);
  switch (request.method) {
    case 'POST':
      return post(request, relay, clientKey, reply, failed);
    case 'GET':
      if (!accepts(request, 'text/event-stream')) return refuse(reply, badAccept('text/event-stream'), 406);
      return relay.get(callerOf(request, clientKey, headersFor(request, relay)), reply);
    case 'DELETE':
      return relay.delete(callerOf(request, clientKey, {}), reply);
    default:
      return reply.status(405, errorResponse(new Uint8Array(0), RPC.invalidRequest, `Method ${request.method ?? ''} is not allowed`), {
        ...JSON_TYPE,
        allow: 'GET, POST, DELETE',
      });
  }
}

/** Answers with an error of ours, outside of any JSON-RPC request. */
export function refuse(reply: Reply, error: HoldfastError, status?: number): void {
  const refused = refusal(error, null);
  reply.status(status ?? refused.status, refused.body, refused.headers);
}

function post(request: IncomingMessage, relay: Relay, clientKey: string | null, reply: Reply, failed: (error: unknown) => void): void {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    request.resume();
    return refuse(
      reply,
      new HoldfastError('HF_BAD_HEADERS', { what: `The Content-Type is ${JSON.stringify(type.slice(0, 100))} and not application/json` }),
      415,
    );
  }
  if (!accepts(request, 'application/json') || !accepts(request, 'text/event-stream')) {
    request.resume();
    return refuse(reply, badAccept('application/json, text/event-stream'), 406);
  }
  readBody(
    request,
    (body) => {
      try {
        message(body, request, relay, clientKey, reply);
      } catch (error) {
        failed(error);
      }
    },
    (error) => {
      reply.onClose(() => request.destroy());
      refuse(reply, error);
    },
  );
}

function message(bytes: Uint8Array, request: IncomingMessage, relay: Relay, clientKey: string | null, reply: Reply): void {
  const body = peekBody(bytes);
  if (!body.ok) return refuseBody(body, reply);
  const version = headerOf(request, 'mcp-protocol-version');
  const caller = callerOf(request, clientKey, headersFor(request, relay));
  if (body.kind !== 'batch' && eraOf(body, version ?? undefined) === 'modern') {
    if (relay.toHttp) return relay.postModern(body, caller, reply);
    const what = 'This server speaks revisions up to 2025-11-25 only';
    const { body: error, headers } = refusal(new HoldfastError('HF_BAD_HEADERS', { what, fix: 'Send initialize.' }), body);
    return reply.status(400, error, headers);
  }
  if (version !== null && !isLegacyRevision(version)) {
    return refuse(
      reply,
      new HoldfastError('HF_BAD_HEADERS', { what: `The MCP-Protocol-Version ${JSON.stringify(version.slice(0, 40))} is not known` }),
    );
  }
  relay.post(body, caller, reply);
}

function refuseBody(failure: PeekFailure, reply: Reply): void {
  const isShape = failure.reason === 'not-jsonrpc' || failure.reason === 'duplicate-key' || failure.reason === 'empty-batch';
  const code = isShape ? RPC.invalidRequest : RPC.parseError;
  const text = `The body is refused: ${failure.words} (byte ${failure.offset})`;
  reply.status(
    400,
    errorResponse(new Uint8Array(0), code, text, { code: 'HF_BAD_MESSAGE', reason: failure.reason, offset: failure.offset }),
    { ...JSON_TYPE },
  );
}

/** Only HTTP backends get headers. */
function headersFor(request: IncomingMessage, relay: Relay): HeaderList {
  return relay.toHttp ? passedHeaders(request.headers) : {};
}

function callerOf(request: IncomingMessage, clientKey: string | null, headers: HeaderList): Caller {
  return {
    sessionId: headerOf(request, 'mcp-session-id'),
    lastEventId: headerOf(request, 'last-event-id'),
    clientKey,
    headers,
  };
}

function headerOf(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
}

function accepts(request: IncomingMessage, type: string): boolean {
  const accept = request.headers.accept ?? '';
  return accept.includes(type) || accept.includes('*/*') || accept.includes(`${type.slice(0, type.indexOf('/'))}/*`);
}

function badAccept(needed: string): HoldfastError {
  return new HoldfastError('HF_BAD_HEADERS', { what: `The Accept header must allow ${needed}` });
}
