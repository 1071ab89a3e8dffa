/** Times are ms since the epoch, with fractions. */

/** One call of one client, from when it was sent to what became of it. */
export interface Call {
  /** Unique in a series; the server writes it down when it begins to work on it. */
  readonly name: string;
  readonly client: number;
  /** Read-only, so that it may be repeated. */
  readonly safe: boolean;
  readonly sentAt: number;
  doneAt: number | null;
  /** `hung`: no answer within the bound. Null: still open. */
  outcome: 'answered' | 'failed' | 'hung' | null;
  /** The server that answered. */
  who: number | null;
  /** The answer was another call's. */
  foreign: boolean;
  /** What an error said about it; null where it said nothing. */
  mayHaveExecuted: boolean | null;
  error: string | null;
}

/** One killing of the server. */
export interface Kill {
  readonly at: number;
  /** The servers that were killed. */
  readonly killed: ReadonlySet<number>;
  /** When the proxy knew; null where it does not say it. */
  detectedAt: number | null;
  /** When the first call was answered that was sent after the kill; null = never, on the sessions that stood. */
  recoveredAt: number | null;
  /** When a client was answered that knew nothing of the crash and tried to connect from the kill on; null = not in time. */
  newClientAt: number | null;
  lostSessions: number;
}

/** The time of this machine, ms since the epoch, with fractions. */
export const now = (): number => performance.timeOrigin + performance.now();
