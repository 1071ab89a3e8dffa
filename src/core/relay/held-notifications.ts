import type { Message } from '../../mcp/message.ts';
import type { HeaderList } from '../ports/reply.ts';
import type { Session } from '../session/session.ts';
import type { Unit } from './unit.ts';

/** Notifications that one session may leave behind while its backend is away. */
const MOST = 100;

interface Held {
  readonly session: Session;
  readonly message: Message;
  readonly headers: HeaderList;
}

/** Notifications that came while the backend was away, in order (`sessions.md`, "Held requests"). */
export class HeldNotifications {
  private readonly held = new Map<Unit, Held[]>();

  hold(unit: Unit, session: Session, message: Message, headers: HeaderList): void {
    // `initialized` is in the session and replayed from there; progress answers a request that died with the backend.
    if (message.method === 'notifications/initialized' || message.method === 'notifications/progress') return;
    const list = this.held.get(unit) ?? [];
    this.held.set(unit, list);
    const once = message.method === 'notifications/roots/list_changed';
    if (once && list.some((entry) => entry.session === session && entry.message.method === message.method)) return;
    if (list.filter((entry) => entry.session === session).length < MOST) list.push({ session, message, headers });
  }

  /** The backend is there again. */
  flush(unit: Unit): void {
    const list = this.held.get(unit) ?? [];
    this.held.delete(unit);
    for (const { session, message, headers } of list) unit.upstream.notification(session, message, headers, () => undefined);
  }

  forget(session: Session): void {
    for (const [unit, list] of this.held)
      this.held.set(
        unit,
        list.filter((entry) => entry.session !== session),
      );
  }
}
