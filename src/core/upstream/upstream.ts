import type { Message } from '../../mcp/message.ts';
import type { Clock } from '../ports/clock.ts';
import type { Handshake, Verdict } from '../ports/gateway.ts';
import type { Log } from '../ports/log.ts';
import type { HeaderList } from '../ports/reply.ts';
import type { Endpoint } from '../ports/stdio-channel.ts';
import type { Exchange } from '../relay/exchange.ts';
import type { Lane } from '../relay/lane.ts';
import type { ListCache } from '../relay/list-cache.ts';
import type { BackendSession, Session } from '../session/session.ts';

/** What every way to a backend gets from the relay of its workload. */
export interface UpstreamContext {
  readonly workload: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly cache: ListCache;
  readonly lane: Lane;
  /** Sessions that this upstream serves. */
  sessions(): Iterable<Session>;
  /** Whether the server may live on when Holdfast dies. */
  mayOutlive(): boolean;
  /** The ids of sessions for which that generation may be working, as far as the journal knows. */
  workingIn(generation: number): string[];
  /** The answer to an `initialize`: makes the session (or completes the provisional one), writes it to the journal, then answers. */
  openSession(x: Exchange, opened: OpenedSession): void;
  /** Something of the session changed that must survive Holdfast's death. */
  sessionChanged(session: Session): void;
  /** The session cannot go on: 404 from now on. */
  endSession(session: Session, why: string): void;
  /** A session could not be resumed; its client was cut off. */
  cutOff(session: Session): void;
  /** A list (`tools/list`, …) of these sessions changed: tell their clients. */
  listChanged(method: string, sessions: Iterable<Session>): void;
  /**
   * A message of the server that belongs to no request goes on the session's GET stream. While its connection is away it waits there,
   * unless it needs an answer. False: it was not sent.
   */
  toStream(session: Session, message: Uint8Array, needsAnswer?: boolean): boolean;
  connectionLost(generation: number, why: string): void;
  /** Connections are refused or broke: the backend may be gone. */
  connectionDoubted(generation: number): void;
}

/** What an `initialize` brought. */
export interface OpenedSession {
  readonly protocolVersion: string;
  readonly backend: BackendSession | null;
  /** JSON bytes of the result that the client gets. */
  readonly result: Uint8Array;
}

export interface AttachOptions {
  readonly adopted: boolean;
  /** What an adopted stdio server answered to `initialize` once, JSON; null = not known. */
  readonly handshake: string | null;
  readonly signal: AbortSignal;
}

/** The way to the backends of one unit, generation after generation. */
export interface Upstream {
  /** Handshakes a new generation. When it resolves, the generation is ready and the lane was told so. */
  attach(generation: number, endpoint: Endpoint, options: AttachOptions): Promise<Handshake>;
  /** The generation is gone; the lane was told before. */
  drop(generation: number, verdict: Verdict): void;
  deliver(x: Exchange): void;
  cancel(x: Exchange, reason: string): void;
  /** It was answered with an error of ours although the backend still works on it: what it holds here is freed. */
  release(x: Exchange): void;
  /** A notification of a client, other than those that the relay handles itself. `done` when the backend has it, or never will. */
  notification(session: Session, message: Message, headers: HeaderList, done: () => void): void;
  /** A client's answer to a request of the server. */
  response(session: Session, message: Message, headers: HeaderList, done: () => void): void;
  /** A notification of the 2026-07-28 era, which has no session. */
  modernNotification(message: Message, headers: HeaderList, done: () => void): void;
  /** The session's GET stream was opened, with these headers. They are kept no longer than the stream may be needed. */
  streamOpened(session: Session, headers: HeaderList): void;
  sessionEnded(session: Session): void;
  /** A session that was parked, maybe by an earlier Holdfast, is used again: what the backend does not know of it is restored. */
  sessionRevived(session: Session): void;
  /** Nobody used the session for a while: what it costs may be freed; it may come back. */
  sessionIdle(session: Session): void;
  /** Answers an `initialize` from what was said to an equal one before; false = nothing is known. */
  answerInitialize(x: Exchange): boolean;
  /** What tells lists of this session apart from lists of others. */
  view(x: Exchange): string;
  /** Asks for the tools of the current generation as that exchange's client sees them. */
  survey(x: Exchange, done: () => void): void;
  /** @param goesOn Holdfast ends, and the server may live on */
  close(goesOn?: boolean): void;
}
