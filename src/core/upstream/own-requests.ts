import { NumberedTable } from '../../lib/numbered-table.ts';
import type { Message } from '../../mcp/message.ts';
import { HoldfastError } from '../errors/holdfast-error.ts';
import type { Exchange } from '../relay/exchange.ts';
import { GivenUp } from './given-up.ts';

/** A request that Holdfast itself sent to a backend: the handshake, the restoring of a session, the asking for lists. */
interface OwnRequest {
  readonly resolve: (response: Message) => void;
  readonly reject: (error: HoldfastError) => void;
}

/** What was sent to one stdio process and not answered, by the number that stands for its id there. Numbers never repeat. */
export class PendingRequests {
  private readonly exchanges = new NumberedTable<Exchange>();
  private readonly own = new Map<number, OwnRequest>();
  private readonly givenUp = new GivenUp();

  add(x: Exchange): number {
    return this.exchanges.add(x);
  }

  /** An earlier Holdfast may have asked the process for something, for these sessions. */
  startAsSuccessor(sessions: readonly string[]): void {
    // Under which numbers is not known: these are never answered.
    for (const [index, session] of sessions.entries()) this.givenUp.add(-1 - index, session);
  }

  /** A request of our own: the promise gives its response, success or error, and rejects when the generation ends. */
  ask(send: (id: number) => boolean): Promise<Message> {
    const id = this.exchanges.next();
    return new Promise<Message>((resolve, reject) => {
      this.own.set(id, { resolve, reject });
      if (!send(id)) this.failOwn(id);
    });
  }

  /** A new process: what an earlier one was asked is no concern of it. */
  startAnew(): void {
    this.givenUp.clear();
  }

  /** The process may still answer what an earlier Holdfast asked: its numbers are not used again. @param now wall clock ms */
  startAfresh(now: number): void {
    // A Holdfast that sends fewer than a thousand requests a millisecond never comes near the numbers of the next one.
    this.exchanges.skipTo(now * 1_024);
  }

  exchange(id: number): Exchange | undefined {
    return this.exchanges.get(id);
  }

  takeExchange(id: number): Exchange | undefined {
    return this.exchanges.take(id);
  }

  /** Its client was told that it failed, and the process may still work on it. */
  giveUp(id: number): void {
    const x = this.exchanges.take(id);
    if (x?.session) this.givenUp.add(id, x.session.id);
  }

  /** The process said something. @param now monotonic ms */
  processSpoke(now: number): void {
    this.givenUp.processSpoke(now);
  }

  /** Gives an answer to whoever asked in our own name, or to nobody where the request was given up; false where nobody asked. */
  settleOwn(id: number, response: Message): boolean {
    const own = this.own.get(id);
    if (!own) return this.givenUp.answered(id);
    this.own.delete(id);
    own.resolve(response);
    return true;
  }

  /** Exchanges that the process still works on, the cancelled ones included. */
  values(): Exchange[] {
    return this.exchanges.values();
  }

  /** The ids of the sessions of which the process may still work on something, be it given up. */
  sessions(): Set<string> {
    const sessions = this.givenUp.sessions();
    for (const { session } of this.exchanges.values()) if (session) sessions.add(session.id);
    return sessions;
  }

  /** Only the connection was lost: no answer comes, and the process may go on with all of it. */
  detach(): void {
    for (const x of this.exchanges.values()) if (typeof x.upstream === 'number') this.giveUp(x.upstream);
    this.clearOpen();
  }

  /** The process ended: nothing of it will be heard any more. */
  clear(): void {
    this.givenUp.clear();
    this.clearOpen();
  }

  private clearOpen(): void {
    this.exchanges.clear();
    for (const id of Array.from(this.own.keys())) this.failOwn(id);
  }

  private failOwn(id: number): void {
    const own = this.own.get(id);
    this.own.delete(id);
    own?.reject(new HoldfastError('HF_START_FAILED', { what: 'The server ended before it answered' }));
  }
}
