import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answers, Request } from './answers.ts';

/** Streamable HTTP with sessions, as 2025-06-18 demands them: 400 without a session id, 404 for one that was not given out. */
export function serveHttp(answers: Answers, port: number, host: string, listening: (port: number) => void): void {
  const sessions = new Set<string>();
  const server = createServer((request, response) => {
    const session = request.headers['mcp-session-id'];
    const known = typeof session === 'string' && sessions.has(session);
    if (request.method === 'POST') return post(request, response, answers, sessions, known);
    request.resume();
    if (!known) return refuse(response, session === undefined ? 400 : 404);
    if (request.method === 'DELETE') {
      sessions.delete(session);
      return void response.writeHead(200).end();
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    response.flushHeaders();
  });
  server.keepAliveTimeout = 60_000;
  server.listen(port, host, () => listening((server.address() as AddressInfo).port));
}

function post(request: IncomingMessage, response: ServerResponse, answers: Answers, sessions: Set<string>, known: boolean): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = JSON.parse((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString() ?? '') as Request;
    const opens = body.method === 'initialize';
    if (!known && !opens) return refuse(response, request.headers['mcp-session-id'] === undefined ? 400 : 404);
    if (body.id === undefined) return response.writeHead(202).end();
    answers.take(body, ({ json, stream }) => {
      const headers: Record<string, string | number> = {};
      if (opens) {
        const id = randomUUID();
        sessions.add(id);
        headers['mcp-session-id'] = id;
      }
      if (stream) {
        response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
        response.end(`event: message\ndata: ${json}\n\n`);
        return;
      }
      headers['content-type'] = 'application/json';
      headers['content-length'] = Buffer.byteLength(json);
      response.writeHead(200, headers);
      response.end(json);
    });
    return undefined;
  });
}

function refuse(response: ServerResponse, status: number): void {
  const message = status === 404 ? 'Session not found' : 'No session id';
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: status === 404 ? -32001 : -32000, message } }));
}
