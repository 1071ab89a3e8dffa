import type { Exchange } from './exchange.ts';

export interface LaneSettings {
  readonly workload: string;
  readonly holdMs: number;
  readonly requestTimeoutMs: number;
  readonly errorLogLines: number;
  /** Whether safe requests that were lost are repeated. */
  readonly repeat: boolean;
}

/** What a lane makes happen. */
export interface LaneEffects {
  /** Hand it to the backend; call `delivered`, `undelivered` or `answered` back. */
  deliver(x: Exchange): void;
  /** Answers it with what the last backend said to the same request and calls `answered`; false = nothing is kept. */
  answerFromCache(x: Exchange): boolean;
  /** Whether the annotations of the tool, in the old and the new list, allow that the call is repeated; may have to ask first. */
  mayRepeatCall(x: Exchange, answer: (allowed: boolean) => void): void;
  /** The old tool list says so (asked at the moment of loss). */
  wasRepeatable(x: Exchange): boolean;
  /** Tell the backend that nobody waits any more. */
  cancel(x: Exchange, reason: string): void;
  /** It was failed while the backend still works on it: what it holds is freed. */
  release(x: Exchange): void;
  /** A held request of this client expired. */
  cutOff(x: Exchange): void;
}
