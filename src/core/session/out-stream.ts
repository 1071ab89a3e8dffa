import { encodeEvent } from '../../mcp/event-writer.ts';
import type { EventSink } from '../ports/reply.ts';

/** What may be replayed on a stream after its connection was lost: the last so many bytes. */
const REPLAY_BYTES = 256 * 1024;

interface KeptEvent {
  readonly n: number;
  readonly bytes: Uint8Array;
}

/**
 * One event stream towards a client, which outlives the connections that carry it. Every event has an id `<epoch>.<stream>.<n>`,
 * so that a GET with `Last-Event-ID` goes on where the connection broke (2025-11-25, basic/transports, "Resumability and Redelivery").
 */
export class OutStream {
  /** `<epoch>.<stream>`: unique among all streams that this Holdfast ever opened for the session. Null: cannot be resumed, no ids. */
  readonly name: string | null;
  private sink: EventSink | null = null;
  private kept: KeptEvent[] = [];
  private keptBytes = 0;
  private count = 0;
  /** The last event that was written to a connection that stood. */
  private sent = 0;
  private ended = false;
  /** Monotonic ms at which its last event was sent; null before. Set by whoever knows the time. */
  finishedAt: number | null = null;

  constructor(name: string | null) {
    this.name = name;
  }

  /** Whether a connection carries it now. */
  get connected(): boolean {
    return this.sink?.open ?? false;
  }

  /** Its last event was sent; nothing more will come. */
  get finished(): boolean {
    return this.ended;
  }

  /** Whether something came after event `n`. What was written to a connection that stood may have got lost with it all the same. */
  hasAfter(n: number): boolean {
    return n < this.count;
  }

  /**
   * Carries the stream on `sink` from now on; a former connection is ended. Replays what came after event `after`, or, where the client
   * does not say what it has, what could not be sent yet.
   */
  attach(sink: EventSink, after: number | null): void {
    if (this.sink !== sink) this.sink?.end();
    this.sink = sink;
    const from = after ?? this.sent;
    for (const event of this.kept) if (event.n > from) sink.write(event.bytes);
    this.sent = this.count;
    if (this.ended) sink.end();
  }

  /** Writes bytes that need no id and are not replayed: comments, `retry`. */
  raw(bytes: Uint8Array): void {
    if (this.sink?.open) this.sink.write(bytes);
  }

  /** The empty event that gives a client an id to resume from (SEP-1699). */
  prime(): void {
    this.push(new Uint8Array(0));
  }

  /** Sends one JSON-RPC message. */
  message(data: Uint8Array): void {
    if (this.ended) return;
    this.push(data);
  }

  /** Sends the last message, if any, and ends the stream. */
  finish(data: Uint8Array | null): void {
    if (this.ended) return;
    if (data) this.push(data);
    this.ended = true;
    this.sink?.end();
  }

  /** Ends the connection; the stream itself goes on and can be resumed. */
  disconnect(): void {
    this.sink?.end();
    this.sink = null;
  }

  private push(data: Uint8Array): void {
    if (this.name === null) {
      this.sink?.write(encodeEvent({ data }));
      return;
    }
    this.count += 1;
    const bytes = encodeEvent({ id: `${this.name}.${this.count}`, data });
    this.kept.push({ n: this.count, bytes });
    this.keptBytes += bytes.length;
    while (this.keptBytes > REPLAY_BYTES && this.kept.length > 1) this.keptBytes -= this.kept.shift()?.bytes.length ?? 0;
    if (!this.sink?.open) return;
    this.sink.write(bytes);
    this.sent = this.count;
  }
}

/** Splits an event id into its stream's name and its number; null for an id that Holdfast never made. */
export function parseEventId(id: string): { readonly stream: string; readonly n: number } | null {
  const match = /^([0-9a-z]+\.\d+s?)\.(\d{1,15})$/.exec(id);
  return match?.[1] && match[2] ? { stream: match[1], n: Number(match[2]) } : null;
}
