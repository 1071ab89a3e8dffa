import { HoldfastError } from '../../src/core/errors/holdfast-error.ts';
import { refusal } from '../../src/core/relay/failure.ts';
import type { Relay } from '../../src/core/relay/relay.ts';
import type { Caller } from '../../src/core/relay/relay-ports.ts';
import { peekBody } from '../../src/mcp/peek.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { WATCHER_KEY } from '../entries/client-files.ts';
import type { Random } from '../time/random.ts';
import type { World } from '../world.ts';
import { Connection, type ResponseEvents } from './connection.ts';

/** A request as a client sends it. */
export interface ClientRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly workload: string;
  readonly sessionId: string | null;
  readonly lastEventId: string | null;
  readonly authorization: string | null;
  readonly body: string;
}

export interface ClientCall {
  /** Closes the connection; the daemon learns of it `noticeMs` after that would be possible. */
  close(noticeMs: number): void;
}

/** Where clients knock: the gateway's port, behind which one daemon after another listens. */
export class FrontDoor {
  readonly #world: World;
  readonly #random: Random;
  readonly #open = new Set<Connection>();
  daemon: Daemon | null = null;

  constructor(world: World) {
    this.#world = world;
    this.#random = world.random.fork('clients-network');
  }

  /** @param arrived called when Holdfast has the request, before it does anything, with the id of the workload of that name; @param taken when it did what it does at once */
  send(request: ClientRequest, events: ResponseEvents, arrived: (workloadId: string) => void, taken: () => void): ClientCall {
    let connection: Connection | null = null;
    let closedEarly = false;
    const latency = 1;
    this.#world.time.after(this.#random.between(0.05, latency), () => {
      const { daemon } = this;
      if (closedEarly) return;
      if (!daemon || daemon.lifeline.dead || !daemon.gateway.listening) return events.refused();
      connection = new Connection(
        this.#world,
        daemon,
        this.#random,
        latency,
        this.#counted(events, () => connection),
      );
      this.#open.add(connection);
      arrived(daemon.gateway.served.get(request.workload)?.spec.id ?? '');
      this.#serve(request, daemon, connection);
      taken();
    });
    return {
      close: (noticeMs) => {
        if (connection) return connection.close(noticeMs);
        closedEarly = true;
        events.broken('client');
      },
    };
  }

  /** The daemon died: all its connections break. */
  breakAll(): void {
    for (const connection of this.#open) connection.die();
    this.#open.clear();
  }

  get open(): number {
    return this.#open.size;
  }

  #counted(events: ResponseEvents, which: () => Connection | null): ResponseEvents {
    const over = (): void => {
      const connection = which();
      if (connection) this.#open.delete(connection);
    };
    return {
      refused: () => events.refused(),
      head: (status, headers) => events.head(status, headers),
      data: (text) => events.data(text),
      end: () => {
        over();
        events.end();
      },
      broken: (why) => {
        over();
        events.broken(why);
      },
      noticed: (streaming) => events.noticed(streaming),
    };
  }

  #serve(request: ClientRequest, daemon: Daemon, reply: Connection): void {
    const relay = daemon.gateway.relay(request.workload);
    if (!relay) {
      const { status, body, headers } = refusal(new HoldfastError('HF_WORKLOAD_UNKNOWN', { what: 'Nothing is served there' }), null);
      return reply.status(status, body, headers);
    }
    const caller = callerOf(request, relay);
    if (request.method === 'GET') return relay.get(caller, reply);
    if (request.method === 'DELETE') return relay.delete(caller, reply);
    const body = peekBody(Buffer.from(request.body));
    if (body.ok) return relay.post(body, caller, reply);
    this.#world.fail('bad-body', `a client's body was refused: ${body.words}`);
  }
}

function callerOf(request: ClientRequest, relay: Relay): Caller {
  const { sessionId, lastEventId, authorization } = request;
  const headers = { 'content-type': 'application/json', ...(authorization === null ? {} : { authorization }) };
  return { sessionId, lastEventId, clientKey: WATCHER_KEY, headers: relay.toHttp ? headers : {} };
}
