import { copied } from '../../lib/copied.ts';
import type { StreamEvent } from '../../mcp/event-block.ts';
import { EventStreamReader } from '../../mcp/event-stream.ts';
import { readInitializeResult } from '../../mcp/initialize.ts';
import { cancelledNotification } from '../../mcp/jsonrpc.ts';
import type { Message } from '../../mcp/message.ts';
import { peekMessage } from '../../mcp/peek.ts';
import { HoldfastError } from '../errors/holdfast-error.ts';
import type { HttpConnection, HttpEvents } from '../ports/http-caller.ts';
import type { BodySink, HeaderList } from '../ports/reply.ts';
import type { Exchange } from '../relay/exchange.ts';
import type { BackendSession } from '../session/session.ts';
import { headerText, isEventStream, joined } from './http-answer.ts';
import type { HttpExchangeHost } from './http-exchange-host.ts';
import type { HttpGeneration } from './http-generation.ts';
import { passedBack, passedFromStream } from './http-headers.ts';
import { forwardServerMessage } from './http-server-message.ts';
import { sessionHeaders } from './http-session.ts';
import { concernsSession, rememberInSession } from './remembered-request.ts';

/** JSON up to this size is whole before the client gets its status line, bytes. */
const BUFFER_BYTES = 1024 * 1024;
/** How long a broken connection waits for the news that the backend died, and how, ms. */
const VERDICT_MS = 250;
/** How often a stream that the server closed is resumed without one event in between. */
const MOST_STREAM_RETRIES = 3;
const DEFAULT_RETRY_MS = 1_000;

/** One request on its way to an HTTP backend, and its answer on the way back. */
export class HttpExchange implements HttpEvents {
  private readonly x: Exchange;
  private readonly current: HttpGeneration;
  private readonly host: HttpExchangeHost;
  /** The session at the backend in which it was sent. */
  private readonly backend: BackendSession | null;
  private running: ReturnType<HttpConnection['call']> | null = null;
  private status = 0;
  private headers: Readonly<Record<string, string | string[] | undefined>> = {};
  private chunks: Uint8Array[] = [];
  private size = 0;
  private sink: BodySink | null = null;
  private reader: EventStreamReader | null = null;
  private lastEventId: string | null = null;
  private retryMs = DEFAULT_RETRY_MS;
  private retries = 0;

  constructor(x: Exchange, current: HttpGeneration, host: HttpExchangeHost) {
    this.x = x;
    this.current = current;
    this.host = host;
    this.backend = x.session?.backend ?? null;
  }

  start(): void {
    const { x } = this;
    const headers = x.session ? sessionHeaders(x.session, x.headers) : x.headers;
    const body = x.message.ownBytes;
    this.host.context.lane.delivered(x);
    this.running = this.current.connection.call({ method: 'POST', headers, body, longLived: x.method === 'subscriptions/listen' }, this);
  }

  /** Nobody waits any more. Legacy: the backend is told, and may still answer; modern: the connection is the cancellation. */
  cancel(reason: string, current: HttpGeneration | null): void {
    const { x } = this;
    if (!x.session) return this.running?.abort();
    if (current !== this.current) return;
    const id = JSON.parse(new TextDecoder().decode(x.idBytes)) as string | number;
    const body = new TextEncoder().encode(cancelledNotification(id, reason));
    const call = { method: 'POST', headers: sessionHeaders(x.session, x.headers), body, longLived: false } as const;
    const ignore = (): void => undefined;
    const failed = (_delivered: boolean, why: string): void => this.host.context.log.debug('a cancellation was not delivered', { why });
    current.connection.call(call, { head: ignore, data: ignore, end: ignore, failed });
  }

  abort(): void {
    this.running?.abort();
  }

  head(status: number, headers: Readonly<Record<string, string | string[] | undefined>>): void {
    this.status = status;
    this.headers = headers;
    if (!isEventStream(headers)) return;
    this.reader = new EventStreamReader({ event: (event) => this.event(event), tooLong: () => this.bad('an event is larger than 16 MiB') });
  }

  data(chunk: Uint8Array): void {
    if (this.reader) return this.reader.push(chunk);
    if (this.sink) return this.sink.write(chunk);
    this.chunks.push(chunk);
    this.size += chunk.length;
    if (this.size <= BUFFER_BYTES || this.x.method === 'initialize') return;
    this.sink = this.x.answer.takeBody(this.status, passedBack(this.headers));
    if (!this.sink) return;
    for (const early of this.chunks) this.sink.write(early);
    this.chunks = [];
  }

  end(): void {
    const { x } = this;
    if (x.phase === 'done') return;
    if (this.reader) return this.streamEnded();
    if (this.sink) {
      this.host.context.lane.answered(x);
      return this.sink.end();
    }
    const body = joined(this.chunks);
    if (this.sessionIsLost()) return this.host.sessionLost(x, this.backend);
    if (this.status !== 200) return this.otherStatus(body);
    this.final(body, null);
  }

  /** 404: lost, in any generation. 400: only where the backend may be another one, or another request found that out (`sessions.md`). */
  private sessionIsLost(): boolean {
    const session = this.x.session;
    if (!session || this.x.sessionRetries > 0 || this.x.method === 'initialize') return false;
    const lost =
      (this.status === 404 && typeof this.backend?.sessionId === 'string') ||
      (this.status === 400 && (session.doubted || session.backend !== this.backend));
    if (lost) this.x.sessionRetries += 1;
    return lost;
  }

  private otherStatus(body: Uint8Array): void {
    const { x } = this;
    this.host.context.lane.answered(x);
    // A client that sees 404 gives up its session, and that is still good.
    const isLost = this.status === 404 && x.session !== null;
    if (!x.answer.streaming && !isLost) return x.answer.status(this.status, body, passedBack(this.headers));
    const what = `${this.host.context.workload} answered ${x.method} with HTTP ${this.status}`;
    this.host.context.lane.failAnswered(x, new HoldfastError('HF_BAD_ANSWER', { what }), !isLost || x.repeated);
  }

  /** The response to the request is here, whole. */
  private final(body: Uint8Array, message: Message | null): void {
    const { x } = this;
    if (x.method === 'initialize') return this.initialized(message ?? peeked(body));
    this.host.context.lane.answered(x);
    this.host.lists.answered(x, body, this.current.generation);
    if (x.session && concernsSession(x.method) && (message ?? peeked(body))?.kind === 'response' && rememberInSession(x))
      this.host.context.sessionChanged(x.session);
    x.answer.final(body, message ? passedFromStream(this.headers) : passedBack(this.headers));
  }

  private initialized(message: Message | null): void {
    const { x } = this;
    const range = message?.range('result');
    const result = message && range ? copied(message.bytes, range.start, range.end) : null;
    const read = result && readInitializeResult(result);
    if (!message || !result || !read) {
      this.host.context.lane.answered(x);
      const error = message?.kind === 'error-response' ? message.ownBytes : null;
      if (error) return x.answer.final(error);
      return this.host.context.lane.failAnswered(
        x,
        new HoldfastError('HF_BAD_ANSWER', { what: `${this.host.context.workload} answered initialize with something else` }),
        false,
      );
    }
    const sessionId = headerText(this.headers, 'mcp-session-id') || null;
    const backend = { sessionId, protocolVersion: read.protocolVersion, generation: this.current.generation };
    this.host.lists.rememberInitialize(x, result, this.current.generation);
    this.host.initialized(x, { protocolVersion: read.protocolVersion, backend, result });
  }

  private event(event: StreamEvent): void {
    if (event.id !== undefined) this.lastEventId = event.id;
    if (event.retry !== undefined) this.retryMs = event.retry;
    if (!event.data || event.data.length === 0) return;
    this.retries = 0;
    const message = peekMessage(event.data);
    if (!message.ok) return this.bad(message.words);
    const { x } = this;
    if (x.phase === 'done') return;
    const isAnswer = message.kind === 'response' || message.kind === 'error-response';
    if (isAnswer && (message.id?.key ?? 'null') === x.idKey) return this.final(message.ownBytes, message);
    if (isAnswer) return;
    this.host.context.lane.alive(x);
    forwardServerMessage(message, x, this.current.generation, this.host);
  }

  /** The server closed the stream before the answer. With an event id that is its right (SEP-1699): the stream is resumed. */
  private streamEnded(): void {
    this.reader = null;
    if (!this.canResume()) return this.broken('the stream ended before the answer');
    this.host.context.clock.after(this.retryMs, () => this.resumeStream());
  }

  private canResume(): boolean {
    return (
      this.lastEventId !== null &&
      this.x.session !== null &&
      this.retries < MOST_STREAM_RETRIES &&
      this.host.isCurrent(this.current.generation)
    );
  }

  private resumeStream(): void {
    const { x } = this;
    this.retries += 1;
    if (x.phase === 'done' || !x.session || !this.host.isCurrent(this.current.generation)) return;
    const headers: HeaderList = sessionHeaders(x.session, x.headers);
    headers['accept'] = 'text/event-stream';
    headers['last-event-id'] = this.lastEventId ?? '';
    this.running = this.current.connection.call(
      { method: 'GET', headers, body: null, longLived: true },
      {
        data: (chunk) => this.data(chunk),
        end: () => this.end(),
        head: (status, fields) => {
          if (status === 200 && isEventStream(fields)) return this.head(status, fields);
          this.running?.abort();
          this.broken(`the stream could not be resumed (HTTP ${status})`);
        },
        // The request itself was delivered long ago, whatever became of this connection.
        failed: (_delivered, why) => this.failed(true, why),
      },
    );
  }

  failed(delivered: boolean, why: string): void {
    const { x } = this;
    if (this.sink) {
      this.host.context.lane.answered(x);
      return this.sink.destroy();
    }
    if (x.phase === 'done') return;
    this.reader = null;
    this.host.refused(x, delivered);
    if (delivered) this.broken(why);
  }

  /** The request may have been executed. The news of the backend's end is waited for, so that the error can tell it. */
  private broken(why: string): void {
    const { x } = this;
    this.host.context.clock.after(VERDICT_MS, () => {
      if (x.phase !== 'delivered' || x.generation !== this.current.generation || x.upstream !== this) return;
      if (this.canResume()) return this.resumeStream();
      this.host.context.log.info('a request lost its connection', { method: x.method, why });
      this.host.context.lane.loseOne(x, null);
    });
  }

  private bad(why: string): void {
    const { x } = this;
    if (x.phase === 'done') return;
    this.running?.abort();
    this.host.context.lane.fail(
      x,
      new HoldfastError('HF_BAD_ANSWER', { what: `${this.host.context.workload} answered with something that is not MCP`, why }),
      true,
    );
  }
}

function peeked(body: Uint8Array): Message | null {
  const message = peekMessage(body);
  return message.ok ? message : null;
}
