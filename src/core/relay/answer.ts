import type { HeaderList, Reply } from '../ports/reply.ts';
import type { OutStream } from '../session/out-stream.ts';

/** What an answer needs to become an event stream: made by the session, so that the stream can be resumed. */
export interface StreamOpener {
  /** A new stream, carried by `reply`'s connection, primed where the revision has it. */
  open(reply: Reply): OutStream;
  /** It ended. */
  close(stream: OutStream): void;
}

/**
 * How one request is answered: plain JSON as long as the answer is all there is to say; an event stream as soon as something else
 * (progress, a request of the server) comes before it. Calls after the final one are ignored.
 */
export class Answer {
  private readonly reply: Reply;
  private readonly opener: StreamOpener | null;
  private readonly part: ((bytes: Uint8Array) => void) | null;
  private stream: OutStream | null = null;
  private closed = false;

  /**
   * @param opener null where the answer has to come in one piece: that to `initialize` carries the session id in its headers
   * @param part for one request of a batch: takes its answer, so that the batch can be answered as a whole
   */
  constructor(reply: Reply, opener: StreamOpener | null, part: ((bytes: Uint8Array) => void) | null = null) {
    this.reply = reply;
    this.opener = opener;
    this.part = part;
  }

  /** The client can still be reached, or comes back for the stream. */
  get wanted(): boolean {
    return !this.closed && (this.stream !== null || this.reply.open);
  }

  get streaming(): OutStream | null {
    return this.stream;
  }

  /** Turns the answer into an event stream now. A client that left before it saw the stream's first byte cannot come back for it. */
  promote(): OutStream | null {
    if (this.closed || this.part || !this.opener) return this.stream;
    if (this.reply.open) this.stream ??= this.opener.open(this.reply);
    return this.stream;
  }

  /** A notification or request of the server that belongs to this exchange. False where it cannot be carried. */
  event(message: Uint8Array): boolean {
    const stream = this.promote();
    stream?.message(message);
    return stream !== null;
  }

  /** The final JSON-RPC response, success or error. */
  final(response: Uint8Array, headers?: HeaderList): void {
    if (this.closed) return;
    this.closed = true;
    if (this.part) return this.part(response);
    if (!this.stream) return this.reply.json(response, headers);
    this.stream.finish(response);
    this.opener?.close(this.stream);
  }

  /** A final answer with another HTTP status, where no stream began; else its body goes into the stream. */
  status(status: number, body: Uint8Array, headers: HeaderList): void {
    if (this.closed) return;
    if (this.stream || this.part) return this.final(body);
    this.closed = true;
    this.reply.status(status, body, headers);
  }

  /** Takes over the connection for a body that is streamed through; null where a stream began. */
  takeBody(status: number, headers: HeaderList): ReturnType<Reply['body']> | null {
    if (this.closed || this.stream || this.part) return null;
    this.closed = true;
    return this.reply.body(status, headers);
  }

  /** Ends without an answer: the request was cancelled. */
  drop(): void {
    if (this.closed) return;
    this.closed = true;
    if (this.part) return this.part(new Uint8Array(0));
    if (!this.stream) return this.reply.drop();
    this.stream.finish(null);
    this.opener?.close(this.stream);
  }
}
