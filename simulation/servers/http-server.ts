import type { Process } from '../machine/process.ts';
import { HttpAnswerStream } from './http-answer-stream.ts';
import type { Outlet } from './server-host.ts';
import { newServerSession, type ServerSession } from './server-session.ts';
import type { WireMessage } from './wire-types.ts';

/** A request as it arrives at the server. */
export interface ServerRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

/** The server's side of one HTTP exchange. Writing after the connection closed is ignored. */
export interface ServerResponse {
  readonly open: boolean;
  head(status: number, headers: Readonly<Record<string, string>>): void;
  data(text: string): void;
  end(): void;
}

/** Streamable HTTP in front of a simulated server. */
export class HttpServer {
  readonly port: number;
  /** Connections are accepted. */
  listening = false;
  readonly sessions = new Map<string, ServerSession>();
  private readonly process: Process;
  private readonly streams = new Map<string, HttpAnswerStream>();
  private readonly waiting: (() => void)[] = [];
  private count = 0;

  constructor(process: Process, port: number) {
    this.process = process;
    this.port = port;
  }

  handle(request: ServerRequest, response: ServerResponse): void {
    const { process } = this;
    const frozen = process.frozenUntil - process.world.time.monotonic();
    if (frozen <= 0) return this.serve(request, response);
    this.waiting.push(() => this.serve(request, response));
    if (this.waiting.length > 1) return;
    process.after(frozen, () => {
      for (const serve of this.waiting.splice(0)) serve();
    });
  }

  /** The server begins anew inside its process: sessions and streams are gone. */
  forgetAll(): void {
    this.sessions.clear();
    this.streams.clear();
  }

  private serve(request: ServerRequest, response: ServerResponse): void {
    if (!this.process.alive || !response.open) return;
    if (request.method === 'POST') return this.post(request, response);
    const session = this.sessionOf(request, response);
    if (!session) return;
    if (request.method === 'GET') return this.get(request, session, response);
    this.sessions.delete(session.id);
    this.plain(response, 200, '');
  }

  private post(request: ServerRequest, response: ServerResponse): void {
    const message = JSON.parse(request.body) as WireMessage;
    const isInitialize = message.method === 'initialize';
    const session = isInitialize ? this.newSession() : this.sessionOf(request, response);
    if (!session) return;
    const { server } = this.process;
    if (message.id === undefined || message.method === undefined) {
      server.receive(message, session, { send: () => undefined, asks: false });
      return this.plain(response, 202, '');
    }
    const headers: Record<string, string> = isInitialize && this.isStateful ? { 'mcp-session-id': session.id } : {};
    server.receive(message, session, this.outletFor(session, response, headers));
  }

  private outletFor(session: ServerSession, response: ServerResponse, headers: Readonly<Record<string, string>>): Outlet {
    const { plan } = this.process.purpose;
    const { random } = this.process;
    if (!random.chance(plan.server.streams)) return new JsonOutlet(response, headers);
    this.count += 1;
    const name = plan.server.primes ? `s${this.process.pid}-${this.count}` : null;
    const stream = new HttpAnswerStream(name, session);
    if (name !== null) this.streams.set(name, stream);
    stream.carry(response, headers, null);
    const closes = name !== null && random.chance(0.2);
    if (closes) this.process.after(random.between(1, 500), () => stream.pause());
    return stream;
  }

  private get(request: ServerRequest, session: ServerSession, response: ServerResponse): void {
    const last = headerOf(request, 'last-event-id');
    const stream = last === null ? null : this.streams.get(last.slice(0, last.lastIndexOf('.')));
    if (stream) return stream.session === session ? stream.carry(response, {}, last) : this.plain(response, 404, '');
    if (!this.process.purpose.plan.server.listens) return this.plain(response, 405, '');
    response.head(200, { 'content-type': 'text/event-stream' });
    session.outlet = { send: (json) => response.data(`data: ${json}\n\n`), asks: true };
  }

  private sessionOf(request: ServerRequest, response: ServerResponse): ServerSession | null {
    if (!this.isStateful) return newServerSession(`none-${(this.count += 1)}`, null);
    const id = headerOf(request, 'mcp-session-id');
    const session = id === null ? null : this.sessions.get(id);
    if (session) return session;
    this.plain(
      response,
      id === null ? 400 : (this.process.purpose.plan.server.lostStatus ?? 404),
      '{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"no valid session"}}',
    );
    return null;
  }

  private newSession(): ServerSession {
    this.count += 1;
    const session = newServerSession(`b${this.process.pid}-${this.count}`, null);
    if (this.isStateful) this.sessions.set(session.id, session);
    return session;
  }

  private plain(response: ServerResponse, status: number, body: string): void {
    response.head(status, body === '' ? {} : { 'content-type': 'application/json' });
    if (body !== '') response.data(body);
    response.end();
  }

  private get isStateful(): boolean {
    return this.process.purpose.plan.server.lostStatus !== null;
  }
}

/** An answer as one JSON body: whatever comes before it has no place. */
class JsonOutlet implements Outlet {
  readonly asks = false;
  private readonly response: ServerResponse;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(response: ServerResponse, headers: Readonly<Record<string, string>>) {
    this.response = response;
    this.headers = headers;
  }

  send(json: string): void {
    const message = JSON.parse(json) as WireMessage;
    if (message.method !== undefined) return;
    this.response.head(200, { 'content-type': 'application/json', ...this.headers });
    this.response.data(json);
    this.response.end();
  }
}

function headerOf(request: ServerRequest, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
}
