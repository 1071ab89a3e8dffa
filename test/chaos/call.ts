/** Times are ms since the epoch, with fractions. */

/** One request of one client. */
export interface Call {
  /** Unique in a run; a server writes it down when it begins to work on it. */
  readonly tag: string;
  readonly workload: string;
  /** What is to answer it: the workload's one server, or that of its session. */
  readonly server: string;
  readonly tool: 'safe' | 'idempotent' | 'unsafe' | 'tools/list';
  readonly sentAt: number;
  doneAt: number | null;
  /** `hung`: no answer within the bound. Null: still open. */
  outcome: 'answered' | 'failed' | 'hung' | null;
  /** The answer was another call's. */
  foreign: boolean;
  /** Of the error: `data.code`; null for an error that is not Holdfast's, a broken connection say. */
  code: string | null;
  /** What the error says about it; null where it says nothing. */
  mayHaveExecuted: boolean | null;
  error: string | null;
}

/** Everything but this may be repeated. */
export const isSafe = ({ tool }: Pick<Call, 'tool'>): boolean => tool !== 'unsafe';

/** The time of this machine, ms since the epoch, with fractions. */
export const now = (): number => performance.timeOrigin + performance.now();
