import { linkSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer, request as forward, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Duplex, pipeline } from 'node:stream';
import type { EngineAddress } from './api.ts';
import { type EngineEvent, Faults } from './faults.ts';

export type { EngineEvent } from './faults.ts';

/** A call that reached the proxy. */
export interface SeenRequest {
  readonly method: string;
  /** As it was asked, with version and query. */
  readonly path: string;
  /** ms since the epoch */
  readonly at: number;
}

/** Stands between a client and an engine, and breaks what it is told to. All of it is undone by `restore`. */
export interface FaultProxy extends EngineAddress {
  /** All calls so far, in their order. */
  readonly requests: readonly SeenRequest[];
  /** How many calls are open whose path matches. */
  open(path: RegExp): number;
  /** Destroys all connections; new ones are refused. */
  cut(): Promise<void>;
  /** Takes connections and calls, and passes nothing on, neither way, on open streams neither. */
  stall(): void;
  /** Passes everything on, also what waited. */
  restore(): Promise<void>;
  /** Destroys the open calls whose path matches, e.g. `/\/attach/` or `/\/events/`. @returns how many there were */
  cutStreams(path: RegExp): number;
  /** Loses these events silently. */
  dropEvents(isLost: (event: EngineEvent) => boolean): void;
  /** Calls that match are not passed on, but answered with this. @param call matched against `METHOD path` */
  answer(call: RegExp, status: number, message: string): void;
  end(): Promise<void>;
}

/** @param engine where calls are passed on to; it may be away */
export async function startFaultProxy(engine: EngineAddress): Promise<FaultProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-fault-proxy-'));
  const faults = new Faults();
  const exchanges = new Set<Exchange>();
  const requests: SeenRequest[] = [];
  const socket = join(folder, 'engine.sock');
  const sockets = new Set<Socket>();
  let server = await listen();

  async function listen(): Promise<Server> {
    const made = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 });
    made.on('connection', (connection: Socket) => {
      sockets.add(connection);
      connection.on('error', () => undefined).once('close', () => sockets.delete(connection));
    });
    made.on('request', (request: IncomingMessage, response: ServerResponse) => void see(request, () => passCall(request, response)));
    made.on(
      'upgrade',
      (request: IncomingMessage, client: Duplex, head: Buffer) => void see(request, () => passStream(request, client, head)),
    );
    await new Promise<void>((resolve, reject) => {
      made.once('error', reject);
      made.listen(socket, resolve);
    });
    return made;
  }

  async function see(request: IncomingMessage, pass: () => void): Promise<void> {
    const { method = '', url: path = '' } = request;
    requests.push({ method, path, at: Date.now() });
    await faults.passage();
    if (!request.socket.destroyed) pass();
  }

  function track(exchange: Exchange): void {
    exchanges.add(exchange);
    exchange.client.once('close', () => {
      exchanges.delete(exchange);
      exchange.upstream.destroy();
    });
  }

  function passCall(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url: path = '' } = request;
    const instead = faults.answerFor(`${method} ${path}`);
    if (instead !== undefined) {
      response.writeHead(instead.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: instead.message, cause: instead.message, response: instead.status }));
      return;
    }
    const outgoing = forward({ socketPath: engine.socket, method, path, headers: request.headers, agent: false }, (incoming) => {
      response.writeHead(incoming.statusCode ?? 502, incoming.rawHeaders);
      // An answer that has only just begun is to be seen: events may come much later.
      response.flushHeaders();
      const parts = /\/events/.test(path) ? [faults.gate(), faults.eventFilter()] : [faults.gate()];
      pipeline([incoming, ...parts, response], () => response.destroy());
    });
    track({ path, client: response, upstream: outgoing });
    outgoing.on('error', () => request.socket.destroy());
    pipeline(request, faults.gate(), outgoing, () => undefined);
  }

  function passStream(request: IncomingMessage, client: Duplex, head: Buffer): void {
    const upstream = connect({ path: engine.socket, allowHalfOpen: true });
    track({ path: request.url ?? '', client, upstream });
    upstream.write(headOf(request));
    upstream.write(head);
    for (const stream of [client, upstream]) stream.on('error', () => undefined);
    client.pipe(faults.gate()).pipe(upstream);
    upstream.pipe(faults.gate()).pipe(client);
    upstream.once('close', () => {
      if (!upstream.readableEnded) client.destroy();
    });
  }

  function cutStreams(path: RegExp): number {
    const found = [...exchanges].filter((exchange) => path.test(exchange.path));
    for (const { client, upstream } of found) {
      client.destroy();
      upstream.destroy();
    }
    return found.length;
  }

  async function close(): Promise<void> {
    cutStreams(/./);
    for (const connection of sockets) connection.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  }

  return {
    kind: engine.kind,
    socket,
    requests,
    open: (path) => [...exchanges].filter((exchange) => path.test(exchange.path)).length,
    async cut() {
      // A socket whose listener is gone refuses connections, as that of an engine does which was killed.
      const kept = `${socket}.kept`;
      linkSync(socket, kept);
      await close();
      renameSync(kept, socket);
    },
    stall: () => faults.stall(),
    async restore() {
      faults.restore();
      if (server.listening) return;
      rmSync(socket, { force: true });
      server = await listen();
    },
    cutStreams,
    dropEvents: (isLost) => faults.dropEvents(isLost),
    answer: (call, status, message) => faults.answer(call, { status, message }),
    async end() {
      faults.restore();
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The head of a request as it was sent. */
function headOf({ method = '', url = '', rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push(rawHeaders.slice(at, at + 2).join(': '));
  return `${lines.join('\r\n')}\r\n\r\n`;
}

interface Exchange {
  readonly path: string;
  readonly client: Duplex | ServerResponse;
  readonly upstream: { destroy(): unknown };
}
