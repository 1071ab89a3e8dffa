import type { AttachListener, Attachment } from '../client/attach/attachment.ts';
import { OutputTail } from './output-tail.ts';

/**
 * What an HTTP server writes, on Podman only: the end of this connection tells of a death in milliseconds, where Podman's own event comes
 * half a second later, from a process that it starts to clean up. What is read is kept for its last words and not passed on.
 */
export class OutputLink {
  readonly tail = new OutputTail();
  #attachment: Attachment | null = null;
  #over = false;

  readonly receiver: AttachListener = {
    stdout: (chunk) => this.tail.add(chunk),
    stderr: (chunk) => this.tail.add(chunk),
    drain() {},
  };

  /** @param ended called when the connection ends, for whatever reason */
  bind(attachment: Attachment, ended: () => void): void {
    this.#attachment = attachment;
    void attachment.ended.then(() => {
      if (!this.#over) ended();
    });
    attachment.resume();
  }

  async finish(): Promise<void> {
    this.abandon();
  }

  abandon(): void {
    this.#over = true;
    this.#attachment?.close();
  }
}
