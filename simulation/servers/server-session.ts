import type { Outlet } from './server-host.ts';

/** What a server knows of one client: the whole of stdin, or one HTTP session. */
export interface ServerSession {
  readonly id: string;
  /** Name that the client gave itself; null before `initialize`. */
  client: string | null;
  initialized: boolean;
  /** How often it was asked to `initialize`. */
  initializations: number;
  elicitation: boolean;
  level: string | null;
  readonly subscriptions: Set<string>;
  /** Where messages go that belong to no request; null = nowhere. */
  outlet: Outlet | null;
}

export function newServerSession(id: string, outlet: Outlet | null): ServerSession {
  return { id, client: null, initialized: false, initializations: 0, elicitation: false, level: null, subscriptions: new Set(), outlet };
}
