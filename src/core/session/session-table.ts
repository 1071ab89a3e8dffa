import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { SessionJournal } from '../ports/state-store.ts';
import type { SessionRecord } from './record.ts';
import { Session } from './session.ts';

/** A session that nobody used for so long is forgotten, ms (`sessions.md`, "Life of a session"). */
export const SESSION_LIFE_MS = 30 * 24 * 3_600_000;
/** How old `lastSeenAt` in the journal may become, ms. */
const TOUCH_MS = 6 * 3_600_000;

export interface SessionTablePorts {
  readonly journal: SessionJournal;
  readonly clock: Clock;
  readonly log: Log;
}

/** The sessions of one workload: live ones as objects, idle ones as the text that the journal holds of them. */
export class SessionTable {
  private readonly workloadId: string;
  private readonly journal: SessionJournal;
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly live = new Map<string, Session>();
  private readonly parked = new Map<string, string>();
  private readonly touchedAt = new Map<string, number>();

  private readonly revived: (session: Session) => void;

  /** @param revived called when a parked session is used again, by now live */
  constructor(workloadId: string, ports: SessionTablePorts, revived: (session: Session) => void) {
    this.workloadId = workloadId;
    this.journal = ports.journal;
    this.clock = ports.clock;
    this.log = ports.log;
    this.revived = revived;
  }

  get size(): number {
    return this.live.size + this.parked.size;
  }

  values(): Iterable<Session> {
    return this.live.values();
  }

  /** The session of that id, live again if it was parked; null = never given out, or ended. */
  find(id: string): Session | null {
    const session = this.live.get(id);
    if (session) return session;
    const text = this.parked.get(id);
    if (text === undefined) return null;
    this.parked.delete(id);
    const revived = new Session(JSON.parse(text) as SessionRecord);
    revived.missedUpdates = true;
    this.live.set(id, revived);
    this.revived(revived);
    return revived;
  }

  /** A request of the session arrived. */
  touch(session: Session): void {
    session.lastSeenAt = this.clock.now();
    if (session.lastSeenAt - (this.touchedAt.get(session.id) ?? session.createdAt) > TOUCH_MS) this.save(session);
  }

  /** A session that is not answered yet: nobody can find it, the journal does not know it. */
  draft(id: string, initializeParams: string, clientKey: string | null): Session {
    const now = this.clock.now();
    return new Session({
      schema: 1,
      workloadId: this.workloadId,
      id,
      initializeParams,
      protocolVersion: '',
      initialized: false,
      backend: null,
      logLevel: null,
      subscriptions: [],
      clientKey,
      primed: [],
      createdAt: now,
      lastSeenAt: now,
    });
  }

  /**
   * Takes a session in; resolves when it is in the journal. A disk that is full does not lock clients out: such a session works, and only
   * would not outlive Holdfast itself; the log says so.
   */
  async add(session: Session): Promise<void> {
    this.live.set(session.id, session);
    await this.write(session);
  }

  /** Writes what changed. */
  save(session: Session): void {
    void this.saved(session);
  }

  /** The same; resolves when it is in the journal, or never will be. */
  async saved(session: Session): Promise<void> {
    if (!session.ended && this.live.has(session.id)) await this.write(session);
  }

  end(session: Session): void {
    session.ended = true;
    this.live.delete(session.id);
    this.touchedAt.delete(session.id);
    this.journal.delete(this.workloadId, session.id).catch((error: unknown) => this.complain(error));
  }

  /** From the journal, at the start of Holdfast. */
  restore(records: readonly SessionRecord[]): void {
    for (const record of records) this.parked.set(record.id, JSON.stringify(record));
  }

  /** Frees the memory of an idle session. */
  park(session: Session): void {
    if (!this.live.delete(session.id)) return;
    this.parked.set(session.id, JSON.stringify(session.record()));
  }

  /** The ids of sessions for which that generation may be working, as far as the journal knows. */
  workingIn(generation: number): string[] {
    const live = Array.from(this.live.values(), (session) => session.record());
    const parked = Array.from(this.parked.values(), (text) => JSON.parse(text) as SessionRecord);
    return [...live, ...parked].filter((record) => record.workingIn === generation).map(({ id }) => id);
  }

  /** Forgets what is older than 30 days. */
  expire(): void {
    const oldest = this.clock.now() - SESSION_LIFE_MS;
    for (const [id, text] of this.parked) {
      if ((JSON.parse(text) as SessionRecord).lastSeenAt >= oldest) continue;
      this.parked.delete(id);
      this.journal.delete(this.workloadId, id).catch((error: unknown) => this.complain(error));
    }
  }

  private async write(session: Session): Promise<void> {
    this.touchedAt.set(session.id, this.clock.now());
    try {
      await this.journal.put(session.record());
    } catch (error) {
      this.complain(error);
    }
  }

  private complain(error: unknown): void {
    this.log.error('the session journal could not be written; sessions would not outlive Holdfast', { error: String(error) });
  }
}
