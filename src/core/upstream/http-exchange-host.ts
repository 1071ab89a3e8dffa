import type { Exchange } from '../relay/exchange.ts';
import type { BackendSession } from '../session/session.ts';
import type { HttpLists } from './http-lists.ts';
import type { ServerRequests } from './server-requests.ts';
import type { OpenedSession, UpstreamContext } from './upstream.ts';

/** What one request to an HTTP backend gets from the way that it takes. */
export interface HttpExchangeHost {
  readonly context: UpstreamContext;
  readonly requests: ServerRequests;
  readonly lists: HttpLists;
  initialized(x: Exchange, opened: OpenedSession): void;
  /** @param backend the session at the backend that is lost */
  sessionLost(x: Exchange, backend: BackendSession | null): void;
  /** The connection could not be made, or broke. */
  refused(x: Exchange, delivered: boolean): void;
  isCurrent(generation: number): boolean;
}
