import type { Clock } from '../ports/clock.ts';
import type { GatewayEvents } from '../ports/gateway.ts';
import type { HttpCaller } from '../ports/http-caller.ts';
import type { Log } from '../ports/log.ts';
import type { HeaderList } from '../ports/reply.ts';
import type { SessionJournal } from '../ports/state-store.ts';
import type { HoldBudget } from './hold-queue.ts';

/** What a relay needs from outside. */
export interface RelayPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly journal: SessionJournal;
  readonly events: GatewayEvents;
  readonly http: HttpCaller;
  readonly budget: HoldBudget;
  /** A new session id: unguessable, visible ASCII (2025-11-25, "Session Management"). */
  newSessionId(): string;
  /** Tells this Holdfast's streams from those of its predecessors: [0-9a-z]+. */
  readonly epoch: string;
}

/** What the HTTP request of a client said besides its body. */
export interface Caller {
  readonly sessionId: string | null;
  readonly lastEventId: string | null;
  readonly clientKey: string | null;
  /** Headers that go on to an HTTP backend: without hop-by-hop ones, Host, Origin, the session and the length. */
  readonly headers: HeaderList;
}
