import type { Message } from '../../mcp/message.ts';
import type { Handshake, Verdict } from '../ports/gateway.ts';
import type { Log } from '../ports/log.ts';
import type { Clock } from '../ports/clock.ts';
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
  /**
   * The answer to an `initialize`: makes the session (or completes the provisional one), writes it to the journal, then answers.
   * @param result JSON bytes of the result that the client gets
   */
  openSession(x: Exchange, opened: { readonly protocolVersion: string; readonly backend: BackendSession | null; readonly result: Uint8Array }): void;
  /** Something of the session changed that must survive Holdfast's death. */
  sessionChanged(session: Session): void;
  /** The session cannot go on: 404 from now on. */
  endSession(session: Session, why: string): void;
  /** A session could not be resumed; its client was cut off. */
  cutOff(session: Session): void;
  /** A list (`tools/list`, …) of these sessions changed: tell their clients. */
  listChanged(method: string, sessions: Iterable<Session>): void;
  /** A message of the server that belongs to no request: on the session's GET stream, if there is one. */
  toStream(session: Session, message: Uint8Array): boolean;
  connectionLost(generation: number, why: string): void;
}

export interface AttachOptions {
  readonly adopted: boolean;
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
  /** A notification of a client, other than those that the relay handles itself. */
  notification(session: Session, message: Message): void;
  /** A client's answer to a request of the server. */
  response(session: Session, message: Message): void;
  /** The session's GET stream was opened. */
  streamOpened(session: Session): void;
  sessionEnded(session: Session): void;
  /** What tells lists of this session apart from lists of others. */
  view(x: Exchange): string;
  /** Asks for the tools of the current generation as that exchange's client sees them. */
  survey(x: Exchange, done: () => void): void;
  close(): void;
}
