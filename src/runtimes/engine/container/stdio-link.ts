import type { StdioChannel, StdioListener } from '../../../core/ports/stdio-channel.ts';
import type { AttachListener, Attachment } from '../client/attach/attachment.ts';
import type { EngineError } from '../client/engine-error.ts';
import { OutputTail } from './output-tail.ts';

/** How long what a dead server wrote is still waited for, ms. */
const DRAIN_MS = 250;
/** Of what a server writes before anybody listens, so much is read; the rest waits. */
const EARLY_BYTES = 64 * 1024;
const NEWLINE = new Uint8Array([0x0a]);

/**
 * stdin and stdout of a container for the gateway, and the end of its stderr. Which end of the connection is the end of the server is not
 * known here: `end` is told only when whoever knows asks for it.
 */
export class StdioLink implements StdioChannel {
  /** Of its stderr. */
  readonly tail = new OutputTail();
  lost = false;
  #attachment: Attachment | null = null;
  #listener: StdioListener | null = null;
  #early: Uint8Array[] = [];
  #earlyBytes = 0;
  #silent = false;

  /** What the attachment is to be made with. */
  readonly receiver: AttachListener = {
    stdout: (chunk) => this.#stdout(chunk),
    stderr: (chunk) => this.tail.add(chunk),
    drain: () => {
      if (!this.#silent) this.#listener?.drain();
    },
  };

  /** @param lost called when the connection ends before `finish` or `abandon` */
  bind(attachment: Attachment, lost: (error: EngineError | null) => void): void {
    this.#attachment = attachment;
    void attachment.ended.then((error) => {
      this.lost = true;
      if (!this.#silent) lost(error);
    });
    attachment.resume();
  }

  /** Ends a line that somebody else left half-written. */
  endLine(): void {
    this.#attachment?.write(NEWLINE);
  }

  listen(listener: StdioListener): void {
    if (this.#listener) throw new TypeError('A stdio channel has one listener');
    this.#listener = listener;
    for (const chunk of this.#early) listener.data(chunk);
    this.#early = [];
    if (this.#silent) listener.end();
    else this.#attachment?.resume();
  }

  write(bytes: Uint8Array): 'taken' | 'queued' | 'refused' {
    // The other half of a connection that has ended may still take bytes, and nobody reads them.
    if (this.#silent || this.lost) return 'refused';
    return this.#attachment?.write(bytes) ?? 'refused';
  }

  /** The engine's own log has every line of stdout. */
  noise(): void {}

  pause(): void {
    this.#attachment?.pause();
  }

  resume(): void {
    if (this.#listener && !this.#silent) this.#attachment?.resume();
  }

  endInput(): void {
    this.#attachment?.endInput();
  }

  /** The server is dead: what it wrote still comes, for 250 ms at most, then the end. */
  async finish(): Promise<void> {
    const attachment = this.#attachment;
    if (this.#silent || !attachment) return;
    // A reader that paused for backpressure would otherwise never see the last answers.
    attachment.resume();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, DRAIN_MS);
    });
    await Promise.race([attachment.ended, late]);
    clearTimeout(timer);
    if (this.#silent) return;
    this.#silent = true;
    attachment.close();
    this.#listener?.end();
  }

  /** The connection is given up, and nothing is said of the server: not one byte comes any more, nor the end. */
  abandon(): void {
    this.#silent = true;
    this.#attachment?.close();
  }

  #stdout(chunk: Uint8Array): void {
    if (this.#silent) return;
    if (this.#listener) return this.#listener.data(chunk);
    this.#early.push(chunk);
    this.#earlyBytes += chunk.length;
    if (this.#earlyBytes >= EARLY_BYTES) this.#attachment?.pause();
  }
}
