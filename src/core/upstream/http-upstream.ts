import type { Message } from '../../mcp/message.ts';
import { HoldfastError } from '../errors/holdfast-error.ts';
import type { Handshake, Verdict } from '../ports/gateway.ts';
import type { HttpCaller } from '../ports/http-caller.ts';
import type { HeaderList } from '../ports/reply.ts';
import type { Endpoint } from '../ports/stdio-channel.ts';
import type { Exchange } from '../relay/exchange.ts';
import type { BackendSession, Session } from '../session/session.ts';
import { HttpExchange } from './http-exchange.ts';
import type { HttpExchangeHost } from './http-exchange-host.ts';
import type { HttpGeneration } from './http-generation.ts';
import { HttpLists } from './http-lists.ts';
import { HttpResume } from './http-resume.ts';
import { postMessage, type Reachability, sessionHeaders, waitUntilReachable } from './http-session.ts';
import { HttpStreams } from './http-streams.ts';
import { OwnIds } from './own-ids.ts';
import { ServerRequests } from './server-requests.ts';
import type { AttachOptions, Upstream, UpstreamContext } from './upstream.ts';

/**
 * An HTTP backend and its successors. Each client session has a session of its own there, whose id never leaves Holdfast; after a new
 * generation it is made anew, once, when something needs it (`sessions.md`, "Who initialises what").
 */
export class HttpUpstream implements Upstream {
  private readonly context: UpstreamContext;
  private readonly caller: HttpCaller;
  private readonly requests = new ServerRequests();
  private readonly lists: HttpLists;
  private readonly resume: HttpResume;
  private readonly streams: HttpStreams;
  private readonly host: HttpExchangeHost;
  private current: HttpGeneration | null = null;
  /** Set while the backend refuses connections although its generation is attached. */
  private unreachable: Reachability | null = null;

  constructor(context: UpstreamContext, caller: HttpCaller) {
    this.context = context;
    this.caller = caller;
    const ids = new OwnIds();
    this.lists = new HttpLists(context, ids, (session) => this.askerOf(session));
    this.streams = new HttpStreams(context, this.requests, {
      lost: (session, backend) => this.sessionLost(session, backend),
      broken: () => this.suspect(),
    });
    this.resume = new HttpResume(context, ids, {
      resumed: (session) => this.resumed(session),
      streamHeaders: (session) => this.streams.headersOf(session),
      openStream: (session, generation) => this.streams.open(session, generation),
      unreachable: () => this.suspect(),
    });
    this.host = {
      context,
      requests: this.requests,
      lists: this.lists,
      initialized: (x, opened) => context.openSession(x, opened),
      sessionLost: (x, backend) => this.lostFor(x, backend),
      refused: (x, delivered) => this.refused(x, delivered),
      isCurrent: (generation) => this.current?.generation === generation,
    };
  }

  async attach(generation: number, endpoint: Endpoint, options: AttachOptions): Promise<Handshake> {
    if (endpoint.kind !== 'http') throw new HoldfastError('HF_INTERNAL', { what: 'an HTTP workload was given a stdio endpoint' });
    const connection = this.caller.connect(endpoint.url);
    try {
      await waitUntilReachable(connection, this.context.clock, options.signal);
    } catch (error) {
      connection.close();
      throw error;
    }
    this.current?.connection.close();
    this.current = { generation, connection };
    this.lists.newGeneration(generation);
    this.context.lane.ready(generation);
    this.reopenStreams();
    return { protocolVersion: null, serverName: null, serverVersion: null, result: null };
  }

  drop(generation: number, _verdict: Verdict): void {
    if (this.current?.generation !== generation) return;
    this.current.connection.close();
    this.current = null;
    this.unreachable?.stop();
    this.unreachable = null;
    this.streams.generationEnded(generation);
    this.resume.generationEnded();
  }

  deliver(x: Exchange): void {
    const current = this.current;
    if (!current || this.unreachable) return this.context.lane.undelivered(x);
    if (!x.session || this.isResumed(x.session)) return this.send(x, current);
    this.resume.wait(x.session, x, current);
  }

  cancel(x: Exchange, reason: string): void {
    if (!(x.upstream instanceof HttpExchange)) return;
    x.upstream.cancel(reason, this.current);
  }

  release(x: Exchange): void {
    if (x.upstream instanceof HttpExchange) x.upstream.abort();
  }

  notification(session: Session, message: Message, headers: HeaderList, done: () => void): void {
    const current = this.current;
    if (!current || this.unreachable) return done();
    if (!this.isResumed(session)) {
      done();
      // `initialized` is part of every resume.
      if (message.method === 'notifications/initialized') return;
      return this.resume.wait(session, null, current, () => {
        if (this.isResumed(session)) this.notification(session, message, headers, () => undefined);
      });
    }
    postMessage(current.connection, session, headers, message.ownBytes, this.context.clock)
      .catch((error: unknown) => this.note(message.method, error))
      .finally(done);
  }

  response(session: Session, message: Message, headers: HeaderList, done: () => void): void {
    const id = message.id;
    const request = id && this.requests.take(session, id.key);
    const current = this.current;
    if (!id || !request || !current || request.generation !== current.generation) return done();
    const bytes = this.streams.answerBytes(message, id, request.idBytes);
    postMessage(current.connection, session, headers, bytes, this.context.clock)
      .catch((error: unknown) => this.note('answer', error))
      .finally(done);
  }

  modernNotification(message: Message, headers: HeaderList, done: () => void): void {
    const current = this.current;
    if (!current) return done();
    postMessage(current.connection, null, headers, message.ownBytes, this.context.clock)
      .catch((error: unknown) => this.note(message.method, error))
      .finally(done);
  }

  streamOpened(session: Session, headers: HeaderList): void {
    this.streams.keepHeaders(session, headers);
    this.openStream(session);
  }

  sessionEnded(session: Session): void {
    this.streams.close(session);
    this.resume.forget(session);
    this.requests.takeWhere((request) => request.session === session);
    this.deleteBackendSession(session);
  }

  sessionRevived(_session: Session): void {
    // Its backend session is of an older generation: the first request that needs it resumes it.
  }

  sessionIdle(session: Session): void {
    this.streams.close(session);
    this.deleteBackendSession(session);
    session.backend = null;
    this.context.sessionChanged(session);
  }

  answerInitialize(x: Exchange): boolean {
    return this.lists.answerInitialize(x);
  }

  view(x: Exchange): string {
    return this.lists.view(x.session, x);
  }

  survey(x: Exchange, done: () => void): void {
    const session = x.session;
    if (!session || !this.current) return done();
    if (this.isResumed(session)) this.lists.readTools(session, x.headers, done);
    else this.resume.wait(session, null, this.current, () => this.lists.readTools(session, x.headers, done));
  }

  close(): void {
    this.unreachable?.stop();
    this.streams.closeAll();
    this.current?.connection.close();
    this.current = null;
  }

  private openStream(session: Session): void {
    const current = this.current;
    if (!current || this.unreachable) return;
    if (this.isResumed(session)) void this.streams.open(session, current);
    else this.resume.wait(session, null, current);
  }

  private reopenStreams(): void {
    for (const session of this.context.sessions()) if (session.standalone?.connected) this.openStream(session);
  }

  private isResumed(session: Session): boolean {
    return session.backend?.generation === this.current?.generation && !this.resume.isRunning(session);
  }

  private send(x: Exchange, current: HttpGeneration): void {
    const exchange = new HttpExchange(x, current, this.host);
    x.upstream = exchange;
    exchange.start();
    if (x.session && x.needsAnnotations) this.lists.wantTools(x.session, x.headers, current.generation);
  }

  private resumed(session: Session): void {
    if (session.standalone) this.lists.compare(session, this.streams.headersOf(session));
  }

  /** Not one byte reached the backend: the request waits until somebody listens there again. Or the connection broke under it. */
  private refused(x: Exchange, delivered: boolean): void {
    this.suspect();
    if (!delivered) this.context.lane.undelivered(x);
  }

  /** Connections are refused or broke: the process may be gone, or be another one. Sessions that it gave out are doubted from now on. */
  private suspect(): void {
    const current = this.current;
    if (!current || this.unreachable) return;
    this.context.connectionDoubted(current.generation);
    this.lists.doubt();
    for (const session of this.context.sessions()) if (session.backend) session.doubted = true;
    this.unreachable = waitUntilReachableAgain(this.context, current, () => {
      if (this.current !== current) return;
      this.unreachable = null;
      this.context.lane.ready(current.generation);
      this.reopenStreams();
    });
  }

  /** The backend said that it does not know the session: nothing was executed. */
  private lostFor(x: Exchange, backend: BackendSession | null): void {
    this.context.lane.returned(x);
    if (x.session) this.sessionLost(x.session, backend);
    if (x.phase !== 'done') this.deliver(x);
  }

  /** Others may have found out before: the session that was made anew since is good. */
  private sessionLost(session: Session, backend: BackendSession | null): void {
    if (this.resume.isRunning(session) || session.backend !== backend) return;
    session.backend = null;
    session.doubted = false;
    this.streams.voidQuestions((question) => question.session === session);
    if (session.standalone?.connected) this.openStream(session);
  }

  private askerOf(session: Session): HttpGeneration | null {
    return this.current && this.isResumed(session) ? this.current : null;
  }

  private deleteBackendSession(session: Session): void {
    const current = this.current;
    if (!current || !session.backend?.sessionId || session.backend.generation !== current.generation) return;
    current.connection.call(
      { method: 'DELETE', headers: sessionHeaders(session, {}), body: null, longLived: false },
      { head: () => undefined, data: () => undefined, end: () => undefined, failed: (_delivered, why) => this.note('DELETE', why) },
    );
  }

  private note(what: string, error: unknown): void {
    this.context.log.debug('the backend did not take it', { what, error: String(error) });
  }
}

function waitUntilReachableAgain(context: UpstreamContext, current: HttpGeneration, again: () => void): Reachability {
  const stop = new AbortController();
  waitUntilReachable(current.connection, context.clock, stop.signal)
    .then(again)
    .catch((error: unknown) => context.log.debug('stopped waiting for the backend', { error: String(error) }));
  return { stop: () => stop.abort() };
}
