import { encodeUtf8 } from '../../lib/utf8.ts';
import { resultResponse } from '../../mcp/jsonrpc.ts';
import type { Session } from '../session/session.ts';
import type { SessionStreams } from '../session/session-streams.ts';
import type { SessionTable } from '../session/session-table.ts';
import type { OpenedSession } from '../upstream/upstream.ts';
import type { Exchange } from './exchange.ts';
import type { HeldNotifications } from './held-notifications.ts';
import type { RelayPorts } from './relay-ports.ts';
import type { RelaySettings } from './relay-settings.ts';
import type { Unit } from './unit.ts';
import type { Units } from './units.ts';

const SESSION_HEADER = 'mcp-session-id';
const SWEEP_MS = 60_000;

export interface SessionLifeParts {
  readonly ports: RelayPorts;
  readonly sessions: SessionTable;
  readonly streams: SessionStreams;
  readonly notifications: HeldNotifications;
  readonly settings: () => RelaySettings;
  readonly units: () => Units;
}

/** How sessions begin, what is said to them outside of requests, how they end and how idle ones stop costing memory. */
export class SessionLife {
  private readonly parts: SessionLifeParts;
  private stopSweep: () => void;

  constructor(parts: SessionLifeParts) {
    this.parts = parts;
    this.stopSweep = this.scheduleSweep();
  }

  /** An `initialize` succeeded: the session is in the journal before its client learns the id. */
  open(x: Exchange, opened: OpenedSession): void {
    const { ports, sessions } = this.parts;
    const unit = this.parts.units().find(x.session?.id ?? null);
    const session = x.session ?? sessions.draft(ports.newSessionId(), paramsText(x), x.clientKey);
    session.protocolVersion = opened.protocolVersion;
    session.backend = opened.backend;
    void sessions.add(session).then(() => {
      if (x.phase === 'done') return this.end(session, 'its initialize was cancelled');
      unit?.lane.answered(x);
      x.answer.final(resultResponse(x.idBytes, opened.result), { [SESSION_HEADER]: session.id });
    });
  }

  /** 404 from now on. Held requests end without an answer, what is in flight is cancelled. Idempotent. */
  end(session: Session, why: string): void {
    if (session.ended) return;
    const { ports, sessions, streams, notifications } = this.parts;
    ports.log.info('session ended', { session: session.id.slice(0, 8), why });
    const unit = this.unitOf(session);
    sessions.end(session);
    unit?.lane.endAll(
      (x) => x.session === session,
      (x) => (x.phase === 'delivered' ? unit.lane.cancel(x, why) : unit.lane.drop(x)),
    );
    unit?.upstream.sessionEnded(session);
    notifications.forget(session);
    streams.endAll(session);
    if (this.isIsolated) this.parts.units().release(session.id);
  }

  listChanged(method: string, sessions: Iterable<Session>): void {
    const what = method === 'resources/templates/list' ? 'resources' : method.slice(0, method.indexOf('/'));
    const message = encodeUtf8(`{"jsonrpc":"2.0","method":"notifications/${what}/list_changed"}`);
    for (const session of sessions) this.toStream(session, message, false);
  }

  /** On the session's own stream. False: it was not sent, and nobody will answer it. */
  toStream(session: Session, message: Uint8Array, needsAnswer: boolean): boolean {
    const stream = session.standalone;
    if (!stream || session.ended || (needsAnswer && !stream.connected)) return false;
    stream.message(message);
    return true;
  }

  dispose(): void {
    this.stopSweep();
  }

  private get isIsolated(): boolean {
    return this.parts.settings().way === 'stdio-isolated';
  }

  private unitOf(session: Session): Unit | null {
    return this.parts.units().find(this.isIsolated ? session.id : null);
  }

  /** Once a minute: frees what idle sessions cost, forgets old ones, and the drafts whose client left before it was answered. */
  private scheduleSweep(): () => void {
    const { ports, sessions, settings, units } = this.parts;
    return ports.clock.after(SWEEP_MS, () => {
      const now = ports.clock.now();
      for (const session of Array.from(sessions.values())) {
        this.parts.streams.forgetFinished(session);
        // A client may still come back for an answer that it did not get.
        if (session.streams !== null) continue;
        if (session.lastSeenAt > now - settings().sessionTtlMs || session.inFlight.length > 0 || session.standalone?.connected) continue;
        this.unitOf(session)?.upstream.sessionIdle(session);
        sessions.park(session);
        if (this.isIsolated) units().release(session.id);
      }
      for (const { id, session, lane } of Array.from(units().values())) {
        const isAbandoned = session?.protocolVersion === '' && lane.inFlight === 0 && lane.waiting === 0;
        if (id !== null && isAbandoned && session.lastSeenAt < now - SWEEP_MS) units().release(id);
      }
      sessions.expire();
      this.stopSweep = this.scheduleSweep();
    });
  }
}

function paramsText(x: Exchange): string {
  const params = x.message.range('params');
  return params ? new TextDecoder().decode(x.message.bytes.subarray(params.start, params.end)) : '{}';
}
