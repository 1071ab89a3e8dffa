/** One HTTP request to a backend. */
export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Uint8Array | null;
  /** A long-lived event stream: gets a connection of its own, so that it never keeps requests waiting. */
  readonly longLived: boolean;
}

/** What comes back, in this order: `head`, any number of `data`, then `end`; or `failed` at any point, once. */
export interface HttpEvents {
  /** Names in lower case. */
  head(status: number, headers: Readonly<Record<string, string | string[] | undefined>>): void;
  data(chunk: Uint8Array): void;
  end(): void;
  /** `delivered` false: the connection was never made, so not one byte reached the backend. After an `abort` it is not called. */
  failed(delivered: boolean, why: string): void;
}

/** Connections to one incarnation of an HTTP backend. Closed with it. */
export interface HttpConnection {
  call(call: HttpCall, events: HttpEvents): { abort(): void };
  close(): void;
}

export interface HttpCaller {
  /** @param url full URL of the MCP endpoint; every call goes there */
  connect(url: string): HttpConnection;
}
