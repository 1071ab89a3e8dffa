import type { Clock } from '../../src/core/ports/clock.ts';
import type { BodySink, EventSink, HeaderList, Reply } from '../../src/core/ports/reply.ts';
import { encodeUtf8 } from '../../src/lib/utf8.ts';
import type { Message } from '../../src/mcp/message.ts';
import { peekMessage } from '../../src/mcp/peek.ts';

/** A clock that stands still until it is told. */
export class ManualClock implements Clock {
  private time = 1_000_000;
  private timers: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.time;
  }

  monotonic(): number {
    return this.time;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.time + ms, callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  get pending(): number {
    return this.timers.length;
  }

  /** Lets time pass, timers in order. */
  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const next = this.timers.toSorted((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      this.timers = this.timers.filter((other) => other !== next);
      this.time = Math.max(this.time, next.at);
      next.callback();
    }
    this.time = end;
  }
}

/** What a client's HTTP request got, as text. */
export class FakeReply implements Reply {
  open = true;
  jsonBody: string | null = null;
  statusCode: number | null = null;
  headers: HeaderList = {};
  dropped = false;
  streamText: string | null = null;
  streamEnded = false;
  private closeCallbacks: (() => void)[] = [];

  onClose(callback: () => void): void {
    this.closeCallbacks.push(callback);
  }

  /** The client's connection closes. */
  disconnect(): void {
    this.open = false;
    for (const callback of this.closeCallbacks) callback();
  }

  json(body: Uint8Array, headers: HeaderList = {}): void {
    this.statusCode = 200;
    this.headers = headers;
    this.jsonBody = text(body);
  }

  status(status: number, body: Uint8Array, headers: HeaderList): void {
    this.statusCode = status;
    this.headers = headers;
    this.jsonBody = text(body);
  }

  accepted(): void {
    this.statusCode = 202;
  }

  events(): EventSink {
    this.streamText = '';
    const isOpen = (): boolean => this.open && !this.streamEnded;
    return {
      get open() {
        return isOpen();
      },
      write: (bytes) => {
        this.streamText += text(bytes);
      },
      end: () => {
        this.streamEnded = true;
      },
    };
  }

  body(): BodySink {
    return { write: () => undefined, end: () => undefined, destroy: () => undefined };
  }

  drop(): void {
    this.dropped = true;
  }
}

export function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** A message as it would arrive. */
export function message(value: object): Message {
  const peeked = peekMessage(encodeUtf8(JSON.stringify({ jsonrpc: '2.0', ...value })));
  if (!peeked.ok) throw new Error(peeked.words);
  return peeked;
}
