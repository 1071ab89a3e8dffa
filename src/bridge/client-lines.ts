import { HoldfastError } from '../core/errors/holdfast-error.ts';
import { copied } from '../lib/copied.ts';
import { DEFAULT_MAX_LINE_BYTES, type LineSink } from '../mcp/line-splitter.ts';
import type { Message } from '../mcp/message.ts';
import { type Batch, peekBody } from '../mcp/peek.ts';
import { eraOf } from '../mcp/revisions.ts';
import { type AskedLine, askedInBatch, askedOf } from './asked-line.ts';
import { lineTooLong, refusedAs, unreadable } from './client-errors.ts';
import { Exchange, type ExchangeHost } from './exchange.ts';
import type { OneWay } from './one-way.ts';
import { modernHeaders } from './post-headers.ts';

/** Requests of a client at a time, and the bytes that they have together. */
const MOST_REQUESTS = 1_000;
const MOST_BYTES = 64 * 1024 * 1024;
/** So many messages without an answer may wait; then nothing more is read. */
const MOST_ONE_WAY = 256;

export interface ClientLinesHost extends ExchangeHost {
  readonly oneWay: OneWay;
}

/** What becomes of each line of the client. */
export class ClientLines implements LineSink {
  private readonly host: ClientLinesHost;
  private readonly exchanges = new Map<Exchange, Promise<void>>();
  private bytes = 0;
  /** What has to be done before the next message may go: `initialize`, then `initialized`. */
  private before: Promise<void> = Promise.resolve();
  /** Of the last message of the 2026-07-28 era. */
  private modernVersion: string | null = null;

  constructor(host: ClientLinesHost) {
    this.host = host;
  }

  line(bytes: Uint8Array): void {
    const body = peekBody(copied(bytes));
    if (!body.ok) this.host.outlet.write(unreadable(body));
    else if (body.kind === 'batch') this.batch(body);
    else if (body.kind === 'request') this.request(body);
    else if (body.method === 'notifications/cancelled') this.cancelled(body);
    else this.say(body);
  }

  tooLong(): void {
    this.host.outlet.write(lineTooLong(DEFAULT_MAX_LINE_BYTES));
  }

  /** Resolves when the next line may be read; null = it may at once. */
  keptUp(): Promise<void> | null {
    const { oneWay, outlet } = this.host;
    return oneWay.count > MOST_ONE_WAY || outlet.isFull ? this.roomMade() : null;
  }

  private async roomMade(): Promise<void> {
    const { oneWay, outlet } = this.host;
    while (oneWay.count > MOST_ONE_WAY) await oneWay.settled();
    await outlet.ready();
  }

  /** Resolves when everything is answered and delivered that was taken until now. */
  async idle(): Promise<void> {
    await Promise.all([...this.exchanges.values(), this.host.oneWay.settled()]);
  }

  /** The client has left: nothing is answered any more. */
  leave(): void {
    for (const exchange of this.exchanges.keys()) exchange.leave();
  }

  private request(message: Message): void {
    if (eraOf(message, undefined) === 'modern') {
      this.modernVersion = message.text('params._meta.protocolVersion') ?? null;
      void this.ask(askedOf(message, 'modern', modernHeaders(message, null)));
      return;
    }
    this.host.session.remember(message);
    const done = this.ask(askedOf(message, 'legacy', {}));
    if (message.method === 'initialize') this.before = done;
  }

  private batch(batch: Batch): void {
    const asked = askedInBatch(batch);
    if (asked.ids.size > 0) void this.ask(asked);
    else void this.host.oneWay.send({ body: batch.bytes, name: 'a batch', isAnswer: false, headers: null }, this.before);
  }

  private ask(asked: AskedLine): Promise<void> {
    if (this.exchanges.size >= MOST_REQUESTS || this.bytes + asked.body.length > MOST_BYTES) {
      const error = new HoldfastError('HF_HOLD_FULL', { what: 'Too many requests of this client wait for their answers' });
      for (const line of refusedAs(error, asked.ids, asked.isBatch)) this.host.outlet.write(line);
      return Promise.resolve();
    }
    const exchange = new Exchange(asked, this.host);
    this.bytes += asked.body.length;
    const done = exchange.run(this.before).finally(() => {
      this.bytes -= asked.body.length;
      this.exchanges.delete(exchange);
    });
    this.exchanges.set(exchange, done);
    return done;
  }

  private cancelled(message: Message): void {
    const key = message.identifier('params.requestId')?.key ?? '';
    const exchange = [...this.exchanges.keys()].findLast(({ asked }) => asked.ids.has(key));
    // One that has its answer needs no word.
    if (exchange?.cancel() === true) this.say(message);
  }

  private say(message: Message): void {
    const { oneWay, serverStream, session } = this.host;
    const isModern = eraOf(message, undefined) === 'modern' || (session.id === null && this.modernVersion !== null);
    const said = oneWay.send(
      {
        body: message.ownBytes,
        name: message.method === '' ? 'an answer' : message.method,
        isAnswer: message.kind !== 'notification',
        headers: isModern && message.method !== 'notifications/initialized' ? modernHeaders(message, this.modernVersion) : null,
      },
      this.before,
    );
    if (message.method !== 'notifications/initialized') return;
    this.before = said.then(() => serverStream.open());
  }
}
