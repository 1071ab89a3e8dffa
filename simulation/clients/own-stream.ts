import type { WireMessage } from '../servers/wire-types.ts';
import type { Client } from './client.ts';
import { EventReader } from './event-reader.ts';
import type { ClientCall } from './front-door.ts';

/** The stream that a client holds open with a GET, for what belongs to no request. Comes back when its connection is lost. */
export class OwnStream {
  readonly #client: Client;
  readonly #seen = new Set<string>();
  #call: ClientCall | null = null;
  #lastEventId: string | null = null;
  #wanted = false;
  /** Monotonic ms since when it stands without a break; null while it does not. */
  since: number | null = null;

  constructor(client: Client) {
    this.#client = client;
  }

  open(): void {
    this.#wanted = true;
    this.#connect();
  }

  close(): void {
    this.#wanted = false;
    this.#lastEventId = null;
    this.#seen.clear();
    this.drop(0);
  }

  /** The connection goes; the client does not mean it. */
  drop(noticeMs: number): void {
    this.#call?.close(noticeMs);
  }

  #connect(): void {
    const client = this.#client;
    const { session, world } = client;
    if (!session || !this.#wanted || this.#call || client.asleep) return;
    let status = 0;
    const reader = new EventReader();
    this.#call = client.door.send(
      {
        method: 'GET',
        workload: client.workload.name,
        sessionId: session.id,
        lastEventId: this.#lastEventId,
        authorization: client.authorization,
        body: '',
      },
      {
        refused: () => this.#again(),
        head: (code) => {
          status = code;
          if (code === 200) this.since = world.time.monotonic();
        },
        data: (text) => {
          if (status !== 200) return;
          for (const event of reader.push(text)) this.#event(event.id, event.data);
        },
        end: () => {
          if (status === 404) {
            this.#call = null;
            this.since = null;
            return client.sessionRefused(session);
          }
          if (status !== 200) world.fail('bad-status', `the GET of ${client.name} got status ${status}`);
          this.#again();
        },
        broken: () => this.#again(),
        noticed: () => undefined,
      },
      () => undefined,
      () => undefined,
    );
  }

  #event(id: string | null, data: string): void {
    const client = this.#client;
    if (id !== null) {
      if (this.#seen.has(id)) client.world.fail('event-twice', `${client.name} got event ${id} twice on its own stream`);
      this.#seen.add(id);
      this.#lastEventId = id;
    }
    if (data !== '') client.receive(JSON.parse(data) as WireMessage, null);
  }

  #again(): void {
    this.#call = null;
    this.since = null;
    const client = this.#client;
    client.world.time.after(client.random.between(500, 5_000), () => this.#connect());
  }
}
