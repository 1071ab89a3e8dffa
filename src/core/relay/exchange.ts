import { copied } from '../../lib/copied.ts';
import type { Message } from '../../mcp/message.ts';
import { requestTraits } from '../../mcp/methods.ts';
import type { HeaderList } from '../ports/reply.ts';
import type { Session } from '../session/session.ts';
import type { Answer } from './answer.ts';

/** Bodies up to this size are kept whole while a request is in flight; larger ones only where they may be repeated. */
const SMALL_BODY = 4096;
/** A safe request with a larger body is not repeated (`sessions.md`, "What is repeated"). */
const REPEATABLE_BODY = 1024 * 1024;

/**
 * `held`: waits for a backend · `preparing`: a backend is there, but its session has to be resumed first · `delivered`: handed to a
 * socket or pipe, so it may have been executed · `done`: answered, cancelled or dropped.
 */
export type Phase = 'held' | 'preparing' | 'delivered' | 'done';

/** One request of a client, from its arrival to its answer. */
export class Exchange {
  readonly session: Session | null;
  readonly method: string;
  /** The id as the client wrote it. */
  readonly idBytes: Uint8Array;
  readonly idKey: string;
  /** The progress token as the client wrote it, null = none asked for. */
  readonly tokenBytes: Uint8Array | null;
  /** Tool, prompt or URI that the request is about. */
  readonly name: string | null;
  /** Length of the body in bytes. */
  readonly size: number;
  /** Monotonic ms. */
  readonly arrivedAt: number;
  /** Headers that go to an HTTP backend; empty for stdio. */
  readonly headers: HeaderList;
  readonly answer: Answer;
  phase: Phase = 'held';
  /** The generation that it was delivered to last. */
  generation = 0;
  deliveredAt = 0;
  /** It is part of a batch that must not be repeated as a whole. */
  repeatForbidden = false;
  /** It was lost in flight once and is being repeated. */
  repeated = false;
  /** The client cancelled it; the backend may still answer. */
  cancelled = false;
  /** In its course the server asked the client something: its effects can no longer be known. */
  asked = false;
  /** The last progress value that the client got. */
  progress = Number.NEGATIVE_INFINITY;
  /** Monotonic ms of the last sign of life (delivery or progress). */
  aliveAt = 0;
  /** How often a lost backend session was made anew for it. */
  sessionRetries = 0;
  /** Key of the registered client whose URL was used. */
  clientKey: string | null = null;
  /** Where its lane keeps it. */
  place = 0;
  /** What the upstream remembers of it: its own id, an abort handle. */
  upstream: unknown = null;
  private body: Message | null;

  constructor(message: Message, session: Session | null, arrivedAt: number, headers: HeaderList, answer: Answer) {
    const id = message.id;
    const token = message.range('params._meta.progressToken');
    this.session = session;
    this.method = message.method;
    this.idKey = id?.key ?? 'null';
    this.idBytes = id ? message.bytes.subarray(id.start, id.end) : new Uint8Array(0);
    this.tokenBytes = token ? message.bytes.subarray(token.start, token.end) : null;
    this.name = nameOf(message);
    this.size = message.end - message.start;
    this.arrivedAt = arrivedAt;
    this.headers = headers;
    this.answer = answer;
    this.body = message;
    if (this.size > SMALL_BODY) {
      this.idBytes = copied(this.idBytes);
      this.tokenBytes = this.tokenBytes && copied(this.tokenBytes);
    }
  }

  /** The message as it arrived. Only while it was not released. */
  get message(): Message {
    if (!this.body) throw new Error(`the body of ${this.method} was released`);
    return this.body;
  }

  get hasBody(): boolean {
    return this.body !== null;
  }

  /** What the last server said to it may be said again while there is none. */
  get cacheable(): boolean {
    return requestTraits(this.method)?.cacheable === true;
  }

  /** A `tools/call` that only the annotations of its tool can make safe. */
  get needsAnnotations(): boolean {
    return requestTraits(this.method)?.repeat === 'annotated';
  }

  /** Whether it may be sent again as far as the method and its parts say (`sessions.md`, "What is repeated"). */
  get repeatable(): boolean {
    if (this.repeatForbidden || this.repeated || this.asked || this.cancelled || this.size > REPEATABLE_BODY || !this.body) return false;
    const repeat = requestTraits(this.method)?.repeat ?? 'never';
    if (repeat === 'never') return false;
    return !this.body.has('params.task') && !this.body.has('params.inputResponses') && !this.body.has('params.requestState');
  }

  /** Called when it was handed over: a large body that will never be needed again is let go. */
  releaseBody(): void {
    if (this.size > SMALL_BODY && !this.repeatable) this.body = null;
  }
}

function nameOf(message: Message): string | null {
  const field = requestTraits(message.method)?.nameField;
  return (field && message.text(field)) ?? null;
}
