/** An open event stream towards one client connection. Writing after the connection closed is allowed and ignored. */
export interface EventSink {
  /** One or more whole encoded events. */
  write(bytes: Uint8Array): void;
  /** Ends the stream gracefully. */
  end(): void;
  /** False once the connection closed. */
  readonly open: boolean;
}

/** A body that is larger than what is buffered. */
export interface BodySink {
  write(bytes: Uint8Array): void;
  end(): void;
  /** Cuts the connection: the body is incomplete and the client must not take it for whole. */
  destroy(): void;
}

export type HeaderList = Record<string, string | string[]>;

/** How one HTTP request of a client is answered. Exactly one of these is called, once; later calls are ignored. */
export interface Reply {
  /** Status 200, `application/json`. */
  json(body: Uint8Array, headers?: HeaderList): void;
  /** Any other status; the body is a JSON-RPC error or whatever the backend said. */
  status(status: number, body: Uint8Array, headers: HeaderList): void;
  /** Status 202, empty. */
  accepted(): void;
  /** Status 200, `text/event-stream`; headers are flushed at once. */
  events(headers?: HeaderList): EventSink;
  /** A body of unknown length. */
  body(status: number, headers: HeaderList): BodySink;
  /** Ends the connection without an answer (a request that was cancelled). */
  drop(): void;
  /** Calls back once if the client's connection closes before the answer was complete. */
  onClose(callback: () => void): void;
  /** Whether the client's connection still stands. */
  readonly open: boolean;
}
