import type { EngineError } from '../engine-error.ts';

/** What happened, in Docker's words on both engines: Podman's `died` is `die`, its `remove` is `destroy`. */
export type EngineAction =
  | 'create'
  | 'start'
  | 'die'
  | 'kill'
  | 'stop'
  | 'restart'
  | 'oom'
  | 'pause'
  | 'unpause'
  | 'rename'
  | 'destroy'
  | 'health'
  | 'other';

export interface EngineEvent {
  readonly action: EngineAction;
  readonly id: string;
  readonly name: string;
  /** Of the container; the engine mixes a few facts of its own with them (`image`, `name`, …). */
  readonly labels: Readonly<Record<string, string>>;
  /** ms since the epoch, by the engine's clock. */
  readonly at: number;
  /** The same as `seconds.nanoseconds`: what `since` is asked with. */
  readonly stamp: string;
  /** With `die` only. */
  readonly exitCode: number | null;
  /** Number of the signal; with `kill` only (Podman never says it). */
  readonly signal: number | null;
  /** With `health` only. */
  readonly health: 'starting' | 'healthy' | 'unhealthy' | null;
}

export interface EngineEventListener {
  event(event: EngineEvent): void;
  /**
   * The stream stands, for the first time or again. What happened since the last event follows (the engine replays it), but an engine that
   * was away remembers nothing: the caller lists everything now.
   */
  connected(): void;
  /** The stream is lost; it is asked for again until `close`. Told once for each loss, not for each attempt. */
  lost(error: EngineError): void;
  /** An attempt to have it again has failed. */
  stillLost?(error: EngineError): void;
}

export interface EngineEventsQuery {
  /** Only what carries these labels with these values. */
  readonly labels: Readonly<Record<string, string>>;
  /** Stamp of the last event that was seen; absent = from now on. */
  readonly since?: string;
}

export interface EngineEventStream {
  close(): void;
}

export interface EngineEvents {
  /**
   * Watches the containers that carry the labels. Events of networks carry none: what became of a network is seen by asking.
   * After a loss the stream is asked for again, after 100 ms, doubling to 5 s, from a second before the last event on. An event that was
   * told is never told again.
   */
  watch(query: EngineEventsQuery, listener: EngineEventListener): EngineEventStream;
}
