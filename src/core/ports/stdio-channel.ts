/** What a server's stdin and stdout look like to the gateway, whichever runtime made them. */
export interface StdioListener {
  /** Bytes of stdout, any chunking. The view is valid only during the call unless `owned` pools say otherwise. */
  data(chunk: Uint8Array): void;
  /** stdin took what was queued; writing may go on. */
  drain(): void;
  /** stdout ended (EOF). More data never comes. */
  end(): void;
}

export interface StdioChannel {
  /** Starts delivery of stdout. Called once per generation. */
  listen(listener: StdioListener): void;
  /**
   * Hands bytes to stdin. `refused`: the pipe is closed, not one byte was taken (nothing was delivered);
   * `queued`: taken, but wait for `drain` before writing much more; `taken` otherwise.
   */
  write(bytes: Uint8Array): 'taken' | 'queued' | 'refused';
  /**
   * The connection has ended, and its runtime is finding out what became of the server: writes are refused, and nothing is to be concluded
   * from that. Absent = never.
   */
  readonly lost?: boolean;
  /** Writes a line of stdout that is no message into the server's log, with the reason; an empty line = one that was not kept. */
  noise(line: Uint8Array, why: string): void;
  /** Stops and restarts reading of stdout (backpressure). */
  pause(): void;
  resume(): void;
}

/** How to reach one incarnation. */
export type Endpoint =
  | { readonly kind: 'stdio'; readonly channel: StdioChannel }
  | { readonly kind: 'http' /** Full URL of the MCP endpoint, e.g. `http://127.0.0.1:40123/mcp`. */; readonly url: string };
