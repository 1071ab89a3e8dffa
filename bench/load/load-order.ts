/** What the load generator is asked to do, and what it measured: messages between two processes. */

/** `call`: tools/call of 107 bytes, answered by about 90. `stream`: the same, answered as an event stream. `list`: tools/list of 10 kB. */
export type Ask = 'call' | 'stream' | 'list';

export interface LoadOrder {
  readonly type: 'load';
  readonly port: number;
  /** Path of the MCP endpoint. */
  readonly path: string;
  /** Each has a session of its own, and one request in flight at a time. */
  readonly connections: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  readonly ask: Ask;
  /** Requests per second in all, sent when they are due whatever became of the former ones; null: as many as the connections allow. */
  readonly ratePerSecond: number | null;
}

export interface LoadResult {
  /** Answered while it was measured. */
  readonly requests: number;
  readonly seconds: number;
  /** All requests of this order, with the opening of sessions and the warm-up. */
  readonly total: number;
  /** Answers with another status or id than expected. */
  readonly wrong: number;
  /** From the moment that a request was sent (with a rate: was due) to its whole answer, ms. */
  readonly latency: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number };
}

/** The load generator's answer to an order. */
export interface LoadOver {
  readonly type: 'load-over';
  readonly result: LoadResult | null;
  /** Why there is no result. */
  readonly why: string | null;
}
