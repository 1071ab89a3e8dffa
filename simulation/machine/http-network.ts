import type { HttpCall, HttpCaller, HttpConnection, HttpEvents } from '../../src/core/ports/http-caller.ts';
import type { Lifeline } from '../daemon/lifeline.ts';
import type { ServerResponse } from '../servers/http-server.ts';
import type { Random } from '../time/random.ts';
import type { World } from '../world.ts';
import { FIRST_PORT, keysIn } from './keys.ts';
import type { Machine } from './machine.ts';
import type { Process } from './process.ts';

/** Connections from one daemon to the servers of the machine: they are refused, broken, and take time. */
export class HttpNetwork implements HttpCaller {
  readonly world: World;
  readonly machine: Machine;
  readonly lifeline: Lifeline;
  readonly random: Random;
  /** Calls that have no end yet. */
  readonly running = new Set<RunningCall>();

  constructor(world: World, machine: Machine, lifeline: Lifeline, random: Random) {
    this.world = world;
    this.machine = machine;
    this.lifeline = lifeline;
    this.random = random;
  }

  connect(url: string): HttpConnection {
    const port = Number(new URL(url).port);
    const own = new Set<RunningCall>();
    let closed = false;
    return {
      call: (call, events) => {
        const running = new RunningCall(this, port, call, events, () => own.delete(running));
        own.add(running);
        if (closed) running.fail(false, 'the pool is closed');
        else running.start();
        return running;
      },
      close: () => {
        closed = true;
        for (const running of own) running.fail(true, 'the pool was destroyed');
      },
    };
  }

  /** Connections to a process break: it died, or one of those things that happen. */
  break(process: Process, which: (random: Random) => boolean, why: string): void {
    for (const running of Array.from(this.running)) if (running.process === process && which(this.random)) running.reset(why);
  }
}

/** One call on its way: connects, is served, is answered piece by piece in order. */
class RunningCall {
  process: Process | null = null;
  readonly #network: HttpNetwork;
  readonly #port: number;
  readonly #call: HttpCall;
  readonly #events: HttpEvents;
  readonly #onEnd: () => void;
  readonly #keys: readonly string[];
  #backAt = 0;
  #over = false;
  #cut = false;

  constructor(network: HttpNetwork, port: number, call: HttpCall, events: HttpEvents, onEnd: () => void) {
    this.#network = network;
    this.#port = port;
    this.#call = call;
    this.#events = events;
    this.#onEnd = onEnd;
    this.#keys = call.body === null ? [] : keysIn(Buffer.from(call.body).toString());
    network.running.add(this);
  }

  start(): void {
    const { lifeline, world, random } = this.#network;
    if (!lifeline.act()) return;
    for (const key of this.#keys) world.ledger.handed(key, this.#port - FIRST_PORT);
    world.time.after(random.between(0.1, 1), () => this.#arrive());
  }

  abort(): void {
    this.#finish();
  }

  /** The daemon gives it up, or never got a connection. */
  fail(delivered: boolean, why: string): void {
    if (this.#over || this.#cut) return;
    this.#cut = true;
    this.#network.world.time.after(0, () => this.#end(() => this.#events.failed(delivered && this.process !== null, why)));
  }

  /** The other side is gone. Some of what it wrote may still arrive. */
  reset(why: string): void {
    if (this.#over || this.#cut) return;
    this.#cut = true;
    const { world, random } = this.#network;
    world.time.after(random.between(0, 3), () => this.#end(() => this.#events.failed(true, why)));
  }

  #arrive(): void {
    if (this.#over || this.#cut) return;
    const { machine, random, world } = this.#network;
    const process = machine.listener(this.#port);
    const isRefused = !process?.http?.listening || (world.faulty && random.chance(world.plan.faults.unreachable));
    if (isRefused || !process?.http) return this.#refuse();
    this.process = process;
    const { method, headers, body } = this.#call;
    process.http.handle({ method, headers, body: body === null ? '' : Buffer.from(body).toString() }, this.#response());
  }

  #refuse(): void {
    const { lifeline, world } = this.#network;
    if (lifeline.dead) return;
    for (const key of this.#keys) world.ledger.handedBack(key);
    this.#end(() => this.#events.failed(false, 'ECONNREFUSED'));
  }

  #response(): ServerResponse {
    const isOpen = (): boolean => !this.#over && !this.#cut;
    return {
      get open() {
        return isOpen();
      },
      head: (status, headers) => this.#back(() => this.#events.head(status, headers)),
      data: (text) => this.#pieces(Buffer.from(text)),
      end: () => this.#back(() => this.#end(() => this.#events.end())),
    };
  }

  #pieces(bytes: Buffer): void {
    const { random } = this.#network;
    const cut = random.chance(0.2) ? random.int(1, bytes.length) : bytes.length;
    for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) if (piece.length > 0) this.#back(() => this.#events.data(piece));
  }

  /** Something reaches the daemon, after what was sent before it. */
  #back(event: () => void): void {
    if (this.#over || this.#cut) return;
    const { world, random, lifeline } = this.#network;
    const now = world.time.monotonic();
    this.#backAt = Math.max(this.#backAt, now + random.between(0.05, 1));
    world.time.after(this.#backAt - now, () => {
      if (!this.#over && !lifeline.dead) event();
    });
  }

  #end(event: () => void): void {
    if (this.#over) return;
    this.#finish();
    if (!this.#network.lifeline.dead) event();
  }

  #finish(): void {
    this.#over = true;
    this.#network.running.delete(this);
    this.#onEnd();
  }
}
