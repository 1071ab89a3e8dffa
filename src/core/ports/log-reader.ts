/** One line of a log, without its line end, at most 64 KB. */
export interface LogLine {
  /** ms since the epoch; null where the log does not say when a line was written. */
  readonly at: number | null;
  readonly line: string;
}

export interface LogQuery {
  /** Only the last so many of the lines that are there; null = all. */
  readonly tail: number | null;
  /** Only lines written at or after this time (ms since the epoch), as far as the log knows; null = all. */
  readonly since: number | null;
  /** Go on with lines as they are written, across restarts, until `signal` aborts or the workload is removed. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** Reads a log of one workload: what its server wrote, or what the daemon wrote about it. Oldest line first; a missing log is an empty one. */
export interface LogReader {
  read(workload: { readonly id: string; readonly name: string }, query: LogQuery): AsyncIterable<LogLine>;
}
