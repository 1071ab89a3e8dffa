import type { StreamEvent } from '../../mcp/event-block.ts';
import { EventStreamReader } from '../../mcp/event-stream.ts';
import type { Message } from '../../mcp/message.ts';
import { peekMessage } from '../../mcp/peek.ts';
import type { HeaderList } from '../ports/reply.ts';
import type { BackendSession, Session } from '../session/session.ts';
import { isEventStream } from './http-answer.ts';
import type { HttpGeneration } from './http-generation.ts';
import { withCancelledId, withClientId } from './http-server-message.ts';
import { sessionHeaders } from './http-session.ts';
import type { ServerRequest, ServerRequests } from './server-requests.ts';
import { rewritten } from './stdio-wire.ts';
import type { UpstreamContext } from './upstream.ts';

const DEFAULT_RETRY_MS = 1_000;

export interface HttpStreamsHost {
  /** The backend does not know the session any more. */
  lost(session: Session, backend: BackendSession | null): void;
  /** A stream broke: the backend may be gone. */
  broken(): void;
}

interface OpenStream {
  readonly generation: HttpGeneration;
  /** The backend's session whose stream it is. */
  readonly backend: BackendSession | null;
  abort(): void;
  lastEventId: string | null;
  retryMs: number;
}

/** The backend's event streams, one for each session whose client has one open. What comes on them goes on the client's. */
export class HttpStreams {
  private readonly context: UpstreamContext;
  private readonly requests: ServerRequests;
  private readonly host: HttpStreamsHost;
  private readonly streams = new Map<Session, OpenStream>();
  /** What the clients' own GETs carried: their authorization is the session's only one while no request is under way. Never stored. */
  private readonly headers = new Map<Session, HeaderList>();
  /** Sessions whose backend offers no stream, until the next generation. */
  private refusing = new WeakSet<Session>();

  constructor(context: UpstreamContext, requests: ServerRequests, host: HttpStreamsHost) {
    this.context = context;
    this.requests = requests;
    this.host = host;
  }

  keepHeaders(session: Session, headers: HeaderList): void {
    this.headers.set(session, headers);
  }

  headersOf(session: Session): HeaderList {
    return this.headers.get(session) ?? {};
  }

  /** Opens the session's stream at the backend unless it is open. Resolves with its headers, whatever they say. */
  open(session: Session, generation: HttpGeneration): Promise<void> {
    const existing = this.streams.get(session);
    if ((existing?.generation === generation && existing.backend === session.backend) || this.refusing.has(session))
      return Promise.resolve();
    existing?.abort();
    return new Promise((resolve) =>
      this.connect(
        session,
        { generation, backend: session.backend, abort: () => undefined, lastEventId: null, retryMs: DEFAULT_RETRY_MS },
        resolve,
      ),
    );
  }

  close(session: Session): void {
    this.streams.get(session)?.abort();
    this.streams.delete(session);
    this.headers.delete(session);
  }

  closeAll(): void {
    for (const session of Array.from(this.streams.keys())) this.close(session);
  }

  generationEnded(generation: number): void {
    this.streams.clear();
    this.refusing = new WeakSet();
    this.voidQuestions((question) => question.generation === generation);
  }

  /** Clients that still show a question of a server, or of a session there, that is no more are told so. Another one would take the answer for its own. */
  voidQuestions(which: (question: ServerRequest) => boolean): void {
    for (const { id, request } of this.requests.takeWhere(which)) {
      const text = `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id},"reason":"the server died"}}`;
      this.context.toStream(request.session, new TextEncoder().encode(text));
    }
  }

  /** A client's answer, with the id that the server gave. */
  answerBytes(message: Message, id: { start: number; end: number }, serverId: Uint8Array): Uint8Array {
    return rewritten(message, [{ start: id.start, end: id.end, replacement: serverId }]);
  }

  private connect(session: Session, stream: OpenStream, opened: () => void): void {
    this.streams.set(session, stream);
    const headers: HeaderList = sessionHeaders(session, this.headersOf(session));
    delete headers['content-type'];
    headers['accept'] = 'text/event-stream';
    if (stream.lastEventId !== null) headers['last-event-id'] = stream.lastEventId;
    const reader = new EventStreamReader({ event: (event) => this.event(session, stream, event), tooLong: () => undefined });
    const running = stream.generation.connection.call(
      { method: 'GET', headers, body: null, longLived: true },
      {
        head: (status, fields) => {
          if (status !== 200 || !isEventStream(fields)) {
            running.abort();
            this.refused(session, stream, status);
          }
          opened();
        },
        data: (chunk) => reader.push(chunk),
        end: () => this.again(session, stream),
        failed: () => {
          opened();
          if (this.streams.get(session) !== stream) return;
          this.streams.delete(session);
          this.host.broken();
        },
      },
    );
    stream.abort = () => running.abort();
  }

  private refused(session: Session, stream: OpenStream, status: number): void {
    if (this.streams.get(session) !== stream) return;
    this.streams.delete(session);
    if (status === 404 || (status === 400 && session.doubted)) this.host.lost(session, stream.backend);
    else this.refusing.add(session);
  }

  /** The server ended the stream in order: it is opened again after the time that it named. */
  private again(session: Session, stream: OpenStream): void {
    this.context.clock.after(stream.retryMs, () => {
      if (this.streams.get(session) !== stream) return;
      this.streams.delete(session);
      if (session.ended || session.backend?.generation !== stream.generation.generation || !session.standalone?.connected) return;
      this.connect(session, stream, () => undefined);
    });
  }

  private event(session: Session, stream: OpenStream, event: StreamEvent): void {
    if (event.id !== undefined) stream.lastEventId = event.id;
    if (event.retry !== undefined) stream.retryMs = event.retry;
    if (!event.data || event.data.length === 0) return;
    const message = peekMessage(event.data);
    if (!message.ok) return this.context.log.info('an event of the backend is no message', { why: message.words });
    const generation = stream.generation.generation;
    if (message.kind === 'request') {
      const bytes = withClientId(message, session, generation, this.requests);
      if (bytes) this.context.toStream(session, bytes, true);
    } else if (message.kind === 'notification') {
      const bytes = withCancelledId(message, session, generation, this.requests);
      if (bytes) this.context.toStream(session, bytes);
    }
  }
}
