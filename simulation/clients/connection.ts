import type { BodySink, EventSink, HeaderList, Reply } from '../../src/core/ports/reply.ts';
import type { Daemon } from '../daemon/daemon.ts';
import type { Random } from '../time/random.ts';
import type { World } from '../world.ts';

/** Why a connection broke: the client closed it, Holdfast ended it without an answer, or the daemon died. */
export type Break = 'client' | 'dropped' | 'daemon-died';

/** What the client sees of one HTTP request, in this order: `refused` alone, or `head`, `data`…, then `end` or `broken`. */
export interface ResponseEvents {
  refused(): void;
  head(status: number, headers: HeaderList): void;
  data(text: string): void;
  end(): void;
  broken(why: Break): void;
  /** The daemon learned that the client's connection is closed. `streaming`: after it had begun an event stream. */
  noticed(streaming: boolean): void;
}

/** One HTTP request of a client and the answer to it, with the network in between. */
export class Connection implements Reply {
  readonly daemon: Daemon;
  readonly #world: World;
  readonly #random: Random;
  readonly #events: ResponseEvents;
  readonly #latency: number;
  readonly #closing: (() => void)[] = [];
  #answered = false;
  #streaming = false;
  /** The daemon's side has written all. */
  #finished = false;
  /** The daemon's side knows that it is closed. */
  #closed = false;
  /** Nothing reaches the client any more. */
  #over = false;
  #arriveAt = 0;

  constructor(world: World, daemon: Daemon, random: Random, latency: number, events: ResponseEvents) {
    this.#world = world;
    this.daemon = daemon;
    this.#random = random;
    this.#latency = latency;
    this.#events = events;
  }

  get open(): boolean {
    return !this.#closed && !this.#finished;
  }

  onClose(callback: () => void): void {
    this.#closing.push(callback);
  }

  json(body: Uint8Array, headers?: HeaderList): void {
    this.#whole(200, body, { 'content-type': 'application/json', ...headers });
  }

  status(status: number, body: Uint8Array, headers: HeaderList): void {
    this.#whole(status, body, headers);
  }

  accepted(): void {
    this.#whole(202, new Uint8Array(0), {});
  }

  events(headers?: HeaderList): EventSink {
    if (this.#begin()) {
      this.#streaming = true;
      this.#send(() => this.#events.head(200, { 'content-type': 'text/event-stream', ...headers }));
    }
    const isOpen = (): boolean => this.open;
    return {
      get open() {
        return isOpen();
      },
      write: (bytes) => {
        const text = Buffer.from(bytes).toString();
        if (this.open) this.#send(() => this.#events.data(text));
      },
      end: () => this.#finish(),
    };
  }

  body(status: number, headers: HeaderList): BodySink {
    if (this.#begin()) this.#send(() => this.#events.head(status, headers));
    return {
      write: (bytes) => {
        const text = Buffer.from(bytes).toString();
        if (this.open) this.#send(() => this.#events.data(text));
      },
      end: () => this.#finish(),
      destroy: () => this.#destroy(),
    };
  }

  drop(): void {
    if (this.#begin()) this.#destroy();
  }

  /** The client closes the connection, or the network does: the daemon learns of it after `noticeMs`. */
  close(noticeMs: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#events.broken('client');
    this.#world.time.after(this.#travel() + noticeMs, () => {
      if (this.#closed || this.daemon.lifeline.dead) return;
      this.#closed = true;
      if (this.#finished) return;
      for (const callback of this.#closing) callback();
      this.#events.noticed(this.#streaming);
    });
  }

  /** The daemon died. */
  die(): void {
    this.#closed = true;
    if (this.#over) return;
    this.#world.time.after(this.#travel(), () => {
      if (this.#over) return;
      this.#over = true;
      this.#events.broken('daemon-died');
    });
  }

  get over(): boolean {
    return this.#over;
  }

  #whole(status: number, body: Uint8Array, headers: HeaderList): void {
    if (!this.#begin()) return;
    const text = Buffer.from(body).toString();
    this.#send(() => {
      this.#events.head(status, headers);
      if (text !== '') this.#events.data(text);
    });
    this.#finish();
  }

  #begin(): boolean {
    if (this.#answered || !this.open || !this.daemon.lifeline.act()) return false;
    this.#answered = true;
    return true;
  }

  #finish(): void {
    if (this.#finished || this.#closed || this.daemon.lifeline.dead) return;
    this.#send(() => {
      this.#over = true;
      this.#events.end();
    });
    this.#finished = true;
  }

  #destroy(): void {
    this.#send(() => {
      this.#over = true;
      this.#events.broken('dropped');
    });
    this.#finished = true;
  }

  /** Something reaches the client, after what was sent before it. */
  #send(event: () => void): void {
    if (this.daemon.lifeline.dead) return;
    const { time } = this.#world;
    const now = time.monotonic();
    this.#arriveAt = Math.max(this.#arriveAt, now + this.#travel());
    time.after(this.#arriveAt - now, () => {
      if (!this.#over) event();
    });
  }

  #travel(): number {
    return this.#random.between(0.02, this.#latency);
  }
}
