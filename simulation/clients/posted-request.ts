import type { HeaderList } from '../../src/core/ports/reply.ts';
import type { Answered, Asked } from '../invariants/asked.ts';
import { describe } from '../invariants/ledger.ts';
import { recordOf, textOf, type WireMessage } from '../servers/wire-types.ts';
import type { Client } from './client.ts';
import type { ClientSession } from './client-session.ts';
import type { Break, ResponseEvents } from './connection.ts';
import { EventReader } from './event-reader.ts';
import type { ClientCall } from './front-door.ts';

/** What comes of a request: the answer and the headers that it came with, or nothing. */
export type Done = (answer: WireMessage | null, headers: HeaderList | null) => void;

/** A request that a client posted, and its answer on one connection after the other. */
export class PostedRequest {
  readonly client: Client;
  readonly asked: Asked;
  readonly idKey: string;
  readonly #params: object;
  readonly #session: ClientSession | null;
  readonly #done: Done;
  readonly #seen = new Set<string>();
  #call: ClientCall | null = null;
  #lastEventId: string | null = null;
  /** The daemon that began the stream, and whether it gave an id before anything else (SEP-1699). */
  #primedBy: number | null = null;
  #streamOf: number | null = null;
  #headers: HeaderList = {};

  constructor(client: Client, method: string, params: object, tool: string | null, key: string, done: Done) {
    this.client = client;
    this.#params = params;
    this.#done = done;
    this.#session = method === 'initialize' ? null : client.session;
    const id = client.random.chance(0.2) ? `r${key}` : Number(key.slice(key.lastIndexOf('-') + 1));
    this.idKey = JSON.stringify(id);
    this.asked = {
      key,
      id,
      client: client.name,
      workload: client.workload.name,
      workloadId: client.intentId ?? '',
      method,
      tool,
      sentAt: client.world.time.monotonic(),
      arrivedAt: null,
      handed: [],
      refusedLate: false,
      executions: [],
      aliveAt: 0,
      answers: [],
      sealed: null,
      excuse: null,
      questioned: false,
      progress: Number.NEGATIVE_INFINITY,
      awaySince: null,
    };
  }

  send(): void {
    const { client, asked } = this;
    const { world } = client;
    world.ledger.add(asked);
    world.trace.note(client.name, `asks ${describe(asked)}`);
    const token = asked.method === 'tools/call' && client.random.chance(0.7) ? { progressToken: asked.id } : {};
    // Holdfast replays an initialize in its own name: that one carries no key.
    const meta = asked.method === 'initialize' ? {} : { _meta: { key: asked.key, ...token } };
    const body = JSON.stringify({ jsonrpc: '2.0', id: asked.id, method: asked.method, params: { ...this.#params, ...meta } });
    this.#call = client.door.send(
      this.#request('POST', body),
      this.#events(),
      (workloadId) => {
        asked.arrivedAt = world.time.monotonic();
        asked.workloadId = workloadId;
      },
      () => undefined,
    );
    if (world.faulty && client.random.chance(world.plan.faults.dropPosts))
      world.time.after(client.random.magnitude(1, 20_000), () => this.drop(this.#notice()));
    world.time.after(client.patienceMs, () => client.cancel(this, 'its client lost patience'));
  }

  /** The connection goes. */
  drop(noticeMs: number): void {
    this.#call?.close(noticeMs);
  }

  /** Its final answer is here. */
  answered(answer: WireMessage): void {
    const { asked, client } = this;
    const data = recordOf(answer.error?.data);
    const code = textOf(data['code']);
    const may = data['mayHaveExecuted'];
    const final: Answered = {
      at: client.world.time.monotonic(),
      ok: answer.result !== undefined,
      code,
      mayHaveExecuted: typeof may === 'boolean' ? may : null,
    };
    client.world.trace.note(client.name, `gets ${describe(asked)}: ${final.ok ? 'ok' : (code ?? `error ${answer.error?.message ?? ''}`)}`);
    const echo = answer.result?.['echo'];
    if (echo !== undefined && echo !== asked.key)
      client.world.fail('wrong-answer', `${describe(asked)} was answered with ${JSON.stringify(echo)}`);
    client.world.ledger.answered(asked, final);
    this.#done(answer, this.#headers);
  }

  #request(method: 'GET' | 'POST', body: string): Parameters<Client['door']['send']>[0] {
    const { client } = this;
    return {
      method,
      workload: client.workload.name,
      sessionId: this.#session?.id ?? null,
      lastEventId: method === 'GET' ? this.#lastEventId : null,
      authorization: client.authorization,
      body,
    };
  }

  #events(): ResponseEvents {
    const { client, asked } = this;
    let status = 0;
    let body = '';
    let reader: EventReader | null = null;
    return {
      refused: () => this.#refused(),
      head: (code, fields) => {
        status = code;
        this.#headers = fields;
        if (code === 200) asked.awaySince = null;
        if (fields['content-type'] === 'text/event-stream') reader = new EventReader();
      },
      data: (text) => {
        if (!reader) body += text;
        else for (const event of reader.push(text)) this.#event(event.id, event.data);
      },
      end: () => {
        if (reader) this.#streamOver('its stream ended');
        else this.#whole(status, body);
      },
      broken: (why) => this.#broken(why),
      noticed: (streaming) => {
        if (!streaming) client.world.ledger.seal(asked, 'its client had left');
      },
    };
  }

  #event(id: string | null, data: string): void {
    const { client } = this;
    if (id !== null) {
      if (this.#seen.has(id)) client.world.fail('event-twice', `${client.name} got event ${id} twice`);
      this.#seen.add(id);
      this.#streamOf ??= client.world.daemons;
      if (data === '') this.#primedBy ??= client.world.daemons;
      this.#lastEventId = id;
    }
    if (data !== '') client.receive(JSON.parse(data) as WireMessage, this);
  }

  #whole(status: number, body: string): void {
    const { client, asked } = this;
    const isResume = this.#lastEventId !== null;
    if (isResume && status === 405) {
      // An answer is kept for five minutes.
      if (asked.awaySince !== null && client.world.time.monotonic() - asked.awaySince > 290_000)
        asked.excuse ??= 'its client came back too late';
      if (this.#session && client.world.mayBeForgotten(this.#session.id)) asked.excuse ??= 'the disk was full';
      // Only primed streams are in the journal.
      if (this.#primedBy === null && this.#streamOf !== client.world.daemons) asked.excuse ??= 'the daemon died';
      if (asked.answers.length === 0 && asked.excuse === null)
        client.world.fail('answer-lost', `${describe(asked)}: its stream is finished (405), and its client never got the answer`);
      return;
    }
    if (status === 404 && this.#session) {
      asked.excuse ??= 'the session is not known';
      client.world.ledger.seal(asked, 'the session is not known');
      client.sessionRefused(this.#session);
      return this.#done(null, null);
    }
    if (body === '') return client.world.fail('no-answer', `${describe(asked)} got status ${status} without a body`);
    if (status !== 200) {
      client.world.trace.note(client.name, `gets status ${status} for ${describe(asked)}`);
      asked.excuse ??= `status ${status}`;
      this.#done(null, null);
      return;
    }
    client.receive(JSON.parse(body) as WireMessage, this);
  }

  #refused(): void {
    const { asked } = this;
    if (this.#lastEventId !== null) return this.#resumeLater();
    asked.excuse ??= 'nobody listened';
    this.client.world.ledger.seal(asked, 'it never arrived');
    this.#done(null, null);
  }

  #broken(why: Break): void {
    const { asked, client } = this;
    if (asked.answers.length > 0) return;
    if (this.#lastEventId !== null && why !== 'dropped') return this.#streamOver(`its connection broke (${why})`);
    if (why === 'client') asked.excuse ??= 'its client left';
    if (why === 'daemon-died') asked.excuse ??= 'the daemon died before it answered';
    this.#done(null, null);
    if (asked.excuse === null && !this.#mayBeDropped()) client.world.fail('dropped', `${describe(asked)} was ended without an answer`);
  }

  #mayBeDropped(): boolean {
    const intent = this.client.world.intents.of(this.asked.workloadId);
    return !intent || intent.removed || this.#session?.deleted === true;
  }

  /** Nothing more comes on this connection. */
  #streamOver(why: string): void {
    const { asked, client } = this;
    if (asked.answers.length > 0) return;
    if (this.#lastEventId !== null) return this.#resumeLater();
    if (asked.excuse !== null || this.#mayBeDropped()) return;
    client.world.fail('stream-ended', `${describe(asked)}: ${why} without an answer`);
  }

  #resumeLater(): void {
    const { asked, client } = this;
    const { world } = client;
    asked.awaySince ??= world.time.monotonic();
    world.time.after(client.random.between(500, 5_000), () => {
      if (asked.answers.length > 0 || asked.excuse !== null || this.#session?.deleted || client.session !== this.#session) return;
      if (client.asleep) return this.#resumeLater();
      world.trace.note(client.name, `resumes ${describe(asked)} after ${String(this.#lastEventId)}`);
      this.#call = client.door.send(
        this.#request('GET', ''),
        this.#events(),
        () => undefined,
        () => undefined,
      );
    });
  }

  #notice(): number {
    const { world, random } = this.client;
    return random.chance(world.plan.faults.halfOpen) ? random.between(0, 5_000) : 0;
  }
}
