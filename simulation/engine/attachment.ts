import type { StdioChannel, StdioListener } from '../../src/core/ports/stdio-channel.ts';
import type { Lifeline } from '../daemon/lifeline.ts';
import { keysIn } from '../machine/keys.ts';
import type { Container } from './container.ts';

/** One connection of a daemon to the stdin and stdout of a container. It may go although the container lives. */
export class Attachment {
  readonly container: Container;
  readonly lifeline: Lifeline;
  /** Called when the connection has ended, whatever for. */
  onEnd: () => void = () => undefined;
  private connected = true;
  private listener: StdioListener | null = null;
  private readonly early: Uint8Array[] = [];
  /** The daemon gave it up: it hears nothing more. */
  private abandoned = false;
  private ended = false;
  /** The daemon knows that the connection is gone, and not yet what became of the server. */
  private lost = false;

  constructor(container: Container, lifeline: Lifeline) {
    this.container = container;
    this.lifeline = lifeline;
  }

  get channel(): StdioChannel {
    const isLost = (): boolean => this.lost;
    return {
      get lost() {
        return isLost();
      },
      listen: (listener) => {
        this.listener = listener;
        for (const piece of this.early.splice(0)) this.hear(piece);
        if (this.ended) listener.end();
      },
      write: (bytes) => this.write(bytes),
      noise: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
    };
  }

  hear(bytes: Uint8Array): void {
    if (this.lifeline.dead || this.abandoned || this.ended) return;
    if (this.listener) this.listener.data(bytes);
    else this.early.push(bytes);
  }

  /** The connection broke. The daemon notices some time later; until then what it writes is lost without a word. */
  lose(noticeMs: number): void {
    if (!this.connected) return;
    this.connected = false;
    const { container } = this;
    if (container.attachment === this) container.attachment = null;
    container.stdio?.disconnected();
    container.process?.world.time.after(
      noticeMs,
      this.lifeline.hears(() => {
        this.lost = true;
        this.onEnd();
      }),
    );
  }

  /** The server is dead, and what it wrote was read. */
  finish(): void {
    this.connected = false;
    if (this.ended || this.lifeline.dead) return;
    this.ended = true;
    if (!this.abandoned) this.listener?.end();
    this.onEnd();
  }

  /** The daemon gives the connection up; of the server nothing is said. */
  abandon(): void {
    this.abandoned = true;
    this.lose(0);
  }

  /** Ends a line that was left half-written on an earlier connection. */
  endLine(): void {
    if (this.lifeline.act() && this.connected) this.container.stdio?.write('\n');
  }

  private write(bytes: Uint8Array): 'taken' | 'refused' {
    if (!this.lifeline.act()) return 'taken';
    const { process, stdio } = this.container;
    if (this.abandoned || this.ended || this.lost || !process || !stdio) return 'refused';
    const text = Buffer.from(bytes).toString();
    for (const key of keysIn(text)) process.world.ledger.handed(key, process.pid);
    if (this.connected) stdio.write(text);
    return 'taken';
  }
}
