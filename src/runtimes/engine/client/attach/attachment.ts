import type { EngineError } from '../engine-error.ts';

export interface AttachOptions {
  /** Of the container (`ContainerState.tty`): with a terminal the bytes are plain, without they are framed. Both engines say `raw-stream`. */
  readonly tty: boolean;
  /** Whether stdin is wanted; without, `write` refuses. */
  readonly stdin: boolean;
  readonly signal?: AbortSignal;
}

/** Called with what the container writes; `stderr` never where the container has a terminal. A chunk is the receiver's own. */
export interface AttachListener {
  stdout(chunk: Uint8Array): void;
  stderr(chunk: Uint8Array): void;
  /** stdin took what was queued; writing may go on. */
  drain(): void;
}

/**
 * stdin, stdout and stderr of a container, over one connection. Nothing is read before the first `resume`.
 * The connection has error listeners for as long as it exists; what goes wrong is told by `ended` and by nothing else.
 */
export interface Attachment {
  /**
   * Hands bytes to stdin, which gets exactly these. `refused`: it is closed, not one byte was taken;
   * `queued`: taken, but wait for `drain` before writing much more; `taken` otherwise.
   */
  write(bytes: Uint8Array): 'taken' | 'queued' | 'refused';
  /**
   * End of stdin; output still comes. Docker tells the server of it only where the container was made with `stdinOnce`; without, the server
   * sees no end, and Docker ends the attachment instead.
   */
  endInput(): void;
  /** Stops and restarts reading. A container whose output nobody reads soon waits. */
  pause(): void;
  resume(): void;
  /** Drops the connection. On Podman the server then sees the end of its stdin (`runtimes.md`). */
  close(): void;
  /**
   * Resolves once, after the last byte was given to the listener: null when the engine or `close` ended the connection in order, else what
   * broke it. Neither says that the container died. It resolves while reading is paused only after `close` or an error.
   */
  readonly ended: Promise<EngineError | null>;
}
