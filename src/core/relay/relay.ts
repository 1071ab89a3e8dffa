import { encodeUtf8 } from '../../lib/utf8.ts';
import type { Message } from '../../mcp/message.ts';
import type { Batch } from '../../mcp/peek.ts';
import { HoldfastError } from '../errors/holdfast-error.ts';
import type { Handshake, ServingState, Verdict } from '../ports/gateway.ts';
import type { Reply } from '../ports/reply.ts';
import type { Endpoint } from '../ports/stdio-channel.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Session } from '../session/session.ts';
import { SessionStreams } from '../session/session-streams.ts';
import { SessionTable } from '../session/session-table.ts';
import { trialHandshake } from '../upstream/trial-handshake.ts';
import type { AttachOptions } from '../upstream/upstream.ts';
import { Answer } from './answer.ts';
import { batchError, mayRepeatBatch } from './batch.ts';
import { BatchReply } from './batch-reply.ts';
import { Exchange } from './exchange.ts';
import { refusal } from './failure.ts';
import { HeldNotifications } from './held-notifications.ts';
import { sessionsFull } from './reasons.ts';
import type { Caller, RelayPorts } from './relay-ports.ts';
import type { RelaySettings } from './relay-settings.ts';
import { SessionLife } from './session-life.ts';
import type { Unit } from './unit.ts';
import { Units } from './units.ts';

/** Stands between the clients of one workload and its backends. Knows no socket and no file: everything comes through ports. */
export class Relay {
  readonly units: Units;
  readonly sessions: SessionTable;
  private settings: RelaySettings;
  private readonly ports: RelayPorts;
  private readonly streams: SessionStreams;
  private readonly notifications: HeldNotifications;
  private readonly life: SessionLife;
  private closed = false;

  constructor(settings: RelaySettings, ports: RelayPorts) {
    this.settings = settings;
    this.ports = ports;
    this.sessions = new SessionTable(settings.id, ports, (session) => this.units.forSession(session)?.upstream.sessionRevived(session));
    this.streams = new SessionStreams(ports.epoch, ports.clock, (session) => this.sessions.saved(session));
    this.notifications = new HeldNotifications();
    this.life = new SessionLife({
      ports,
      sessions: this.sessions,
      streams: this.streams,
      notifications: this.notifications,
      settings: () => this.settings,
      units: () => this.units,
    });
    this.units = new Units(settings, ports, this.sessions, this.life);
  }

  /** Headers of clients go on to the backend, and so do requests of the 2026-07-28 era. */
  get toHttp(): boolean {
    return this.settings.way === 'http';
  }

  configure(settings: RelaySettings): void {
    this.settings = settings;
    this.units.configure(settings);
  }

  restore(records: readonly SessionRecord[]): void {
    this.sessions.restore(records);
  }

  async attach(unit: string | null, generation: number, endpoint: Endpoint, options: AttachOptions): Promise<Handshake> {
    if (unit === null && this.settings.way === 'stdio-isolated' && endpoint.kind === 'stdio')
      return trialHandshake(this.settings.workload, endpoint.channel, options.signal);
    const target = this.units.find(unit);
    if (!target) throw new HoldfastError('HF_CANCELLED', { what: `The session ${unit ?? ''} is gone` });
    const handshake = await target.upstream.attach(generation, endpoint, options);
    this.notifications.flush(target);
    return handshake;
  }

  drop(unit: string | null, generation: number, verdict: Verdict): void {
    const target = this.units.find(unit);
    if (!target) return;
    target.lane.lost(generation, verdict);
    target.upstream.drop(generation, verdict);
  }

  state(unit: string | null, state: ServingState): void {
    this.units.state(unit, state);
  }

  /** A POST of a legacy-era client. The body was validated. */
  post(body: Message | Batch, caller: Caller, reply: Reply): void {
    if (body.kind === 'batch') return this.batch(body, caller, reply);
    if (body.kind === 'request' && body.method === 'initialize') return this.initialize(body, caller, reply);
    const session = this.sessionOf(caller, reply, body);
    if (!session) return;
    if (body.kind === 'request') return this.request(body, session, caller, new Answer(reply, this.openerFor(body, session)), reply);
    this.oneWay(body, session, caller, () => reply.accepted());
  }

  /** A request of the 2026-07-28 era: it has no session, and only an HTTP backend can answer it. */
  postModern(message: Message, caller: Caller, reply: Reply): void {
    const unit = this.units.find(null);
    if (!unit) return;
    if (message.kind !== 'request') return unit.upstream.modernNotification(message, caller.headers, () => reply.accepted());
    const answer = new Answer(reply, { open: () => this.streams.openForRequest(null, '', reply), close: () => undefined });
    const x = new Exchange(message, null, this.ports.clock.monotonic(), caller.headers, answer);
    x.clientKey = caller.clientKey;
    reply.onClose(() => unit.lane.abandon(x));
    unit.lane.arrive(x);
  }

  /** A GET: the session's own stream, or a resumed one. */
  get(caller: Caller, reply: Reply): void {
    const session = this.sessionOf(caller, reply, null);
    if (!session) return;
    const resumption = caller.lastEventId === null ? null : this.streams.resumption(session, caller.lastEventId);
    if (resumption?.kind === 'finished') return reply.status(405, new Uint8Array(0), { allow: 'POST, DELETE' });
    if (resumption?.kind === 'resume') return this.streams.resume(resumption.stream, resumption.after, reply);
    if (resumption?.kind === 'daemon-restarted') return this.answerLostStream(resumption.requestId, reply);
    this.streams.openStandalone(session, reply, resumption?.after ?? null);
    this.units.forSession(session)?.upstream.streamOpened(session, caller.headers);
  }

  /** A DELETE ends the session, also during an outage. */
  delete(caller: Caller, reply: Reply): void {
    const session = this.sessionOf(caller, reply, null);
    if (!session) return;
    this.life.end(session, 'the client ended it');
    reply.status(200, new Uint8Array(0), {});
  }

  /** Clients that listen come back and learn why. Sessions stay. */
  endStreams(): void {
    for (const session of this.sessions.values()) this.streams.endAll(session);
  }

  /** The workload was removed. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.life.dispose();
    const gone = new HoldfastError('HF_WORKLOAD_UNKNOWN', { what: `The workload ${this.settings.workload} was removed` });
    for (const unit of this.units.values())
      unit.lane.endAll(
        () => true,
        (x) => unit.lane.fail(x, gone, x.phase === 'delivered'),
      );
    this.endStreams();
    this.streams.dispose();
    this.units.close();
  }

  /** Holdfast itself ends: connections go, sessions stay in the journal. */
  suspend(): void {
    this.closed = true;
    this.life.dispose();
    this.streams.dispose();
    this.units.close(true);
  }

  private sessionOf(caller: Caller, reply: Reply, message: Message | null): Session | null {
    const session = caller.sessionId === null ? null : this.sessions.find(caller.sessionId);
    if (session) {
      this.sessions.touch(session);
      return session;
    }
    const error =
      caller.sessionId === null
        ? new HoldfastError('HF_SESSION_REQUIRED', { what: 'The request has no Mcp-Session-Id header' })
        : new HoldfastError('HF_SESSION_UNKNOWN', { what: `No session has the id ${JSON.stringify(caller.sessionId.slice(0, 80))}` });
    const { status, body, headers } = refusal(error, message);
    reply.status(status, body, headers);
    return null;
  }

  private initialize(message: Message, caller: Caller, reply: Reply): void {
    const params = message.range('params');
    const text = params ? new TextDecoder().decode(message.bytes.subarray(params.start, params.end)) : '{}';
    const draft = this.settings.way === 'stdio-isolated' ? this.sessions.draft(this.ports.newSessionId(), text, caller.clientKey) : null;
    const answer = new Answer(reply, null);
    const x = new Exchange(message, draft, this.ports.clock.monotonic(), caller.headers, answer);
    x.clientKey = caller.clientKey;
    const unit = draft ? this.units.forSession(draft) : this.units.find(null);
    if (!unit) return this.tooMany(message, reply);
    reply.onClose(() => unit.lane.gone(x));
    unit.lane.arrive(x);
  }

  private request(message: Message, session: Session, caller: Caller, answer: Answer, reply: Reply, repeatForbidden = false): void {
    const x = new Exchange(message, session, this.ports.clock.monotonic(), caller.headers, answer);
    x.repeatForbidden = repeatForbidden;
    const unit = this.units.forSession(session);
    if (!unit) return answer.final(refusal(sessionsFull(this.settings.workload, this.settings.maxSessions), message).body);
    session.inFlight.push(x);
    reply.onClose(() => unit.lane.gone(x));
    unit.lane.arrive(x);
  }

  /** Notifications and answers: taken at once, whatever the state of the backend (`sessions.md`, "Held requests"). */
  private oneWay(message: Message, session: Session, caller: Caller, done: () => void): void {
    const unit = this.units.forSession(session);
    if (!unit) return done();
    if (message.kind !== 'notification') return unit.upstream.response(session, message, caller.headers, done);
    if (message.method === 'notifications/cancelled') {
      this.cancelled(message, session, unit);
      return done();
    }
    if (message.method === 'notifications/initialized') {
      session.initialized = true;
      this.sessions.save(session);
    }
    if (unit.lane.state.kind === 'ready') return unit.upstream.notification(session, message, caller.headers, done);
    this.notifications.hold(unit, session, message, caller.headers);
    done();
  }

  private cancelled(message: Message, session: Session, unit: Unit): void {
    const id = message.identifier('params.requestId');
    const x = id && session.inFlight.findLast(({ idKey }) => idKey === id.key);
    if (x instanceof Exchange) unit.lane.cancel(x, 'the client cancelled it');
  }

  private batch(body: Batch, caller: Caller, reply: Reply): void {
    const session = this.sessionOf(caller, reply, null);
    if (!session) return;
    const error = batchError(body, session.protocolVersion);
    if (error) {
      const refused = refusal(error, null);
      return reply.status(refused.status, refused.body, refused.headers);
    }
    const requests = body.messages.filter((message) => message.kind === 'request');
    const parts = new BatchReply(requests.length, reply);
    const isSafe = mayRepeatBatch(requests);
    for (const message of body.messages) {
      if (message.kind === 'request')
        this.request(message, session, caller, new Answer(reply, this.openerFor(message, session), parts.part()), reply, !isSafe);
      else this.oneWay(message, session, caller, () => undefined);
    }
    if (requests.length === 0) reply.accepted();
  }

  private answerLostStream(requestId: string, reply: Reply): void {
    const what = `Holdfast was restarted while the request was in flight at ${this.settings.workload}; it may have been executed`;
    const { body } = refusal(new HoldfastError('HF_DAEMON_RESTARTED', { what }), null, encodeUtf8(requestId));
    this.streams.openForRequest(null, '', reply).finish(body);
  }

  private openerFor(message: Message, session: Session | null): ConstructorParameters<typeof Answer>[1] {
    return {
      open: (reply) => {
        const id = message.range('id');
        const requestId = id ? new TextDecoder().decode(message.bytes.subarray(id.start, id.end)) : 'null';
        return this.streams.openForRequest(session, requestId, reply);
      },
      close: (stream) => this.streams.closeForRequest(session, stream),
    };
  }

  private tooMany(message: Message, reply: Reply): void {
    reply.json(refusal(sessionsFull(this.settings.workload, this.settings.maxSessions), message).body);
  }
}
