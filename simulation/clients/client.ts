import type { WorkloadPlan } from '../faults/plan.ts';
import { describe } from '../invariants/ledger.ts';
import { recordOf, textOf, type WireMessage } from '../servers/wire-types.ts';
import type { Random } from '../time/random.ts';
import type { World } from '../world.ts';
import type { ClientSession } from './client-session.ts';
import type { FrontDoor } from './front-door.ts';
import { OwnStream } from './own-stream.ts';
import { type Done, PostedRequest } from './posted-request.ts';
import { call, nextWish, type Wish } from './wishes.ts';

/** No notification is answered later than that, whatever the server does, ms. */
const NOTIFICATION_MS = 35_000;

/** An AI client: keeps one session with one workload, asks for things, changes its mind, loses connections and comes back. */
export class Client {
  readonly name: string;
  readonly world: World;
  readonly door: FrontDoor;
  readonly random: Random;
  readonly workload: WorkloadPlan;
  readonly version: string;
  readonly elicitation: boolean;
  readonly authorization: string | null;
  /** How long it waits for an answer before it cancels, ms. */
  readonly patienceMs: number;
  readonly posted = new Map<string, PostedRequest>();
  readonly stream: OwnStream;
  session: ClientSession | null = null;
  /** It makes no requests of its own accord. */
  quiet = false;
  /** It has closed everything and comes back later. */
  asleep = false;
  verified = false;
  readonly #clientInfo: string;
  #count = 0;
  #initializing = false;

  constructor(world: World, door: FrontDoor, workload: WorkloadPlan, index: number) {
    this.name = `${workload.name}c${index}`;
    this.world = world;
    this.door = door;
    this.random = world.random.fork(`client-${this.name}`);
    this.workload = workload;
    this.version = this.random.pick(['2025-11-25', '2025-11-25', '2025-11-25', '2025-06-18', '2025-03-26']);
    this.elicitation = this.random.chance(0.7);
    this.authorization = this.random.chance(0.3) ? `Bearer ${this.random.int(1, 2)}` : null;
    this.patienceMs = this.random.pick([60_000, 60_000, 900_000]);
    this.#clientInfo = this.random.chance(0.5) ? `${workload.name}-alike` : this.name;
    this.stream = new OwnStream(this);
    world.time.after(this.random.between(0, 3_000), () => this.#turn());
  }

  /** It makes no more requests of its own, and comes back for what it waits for. */
  rest(): void {
    this.quiet = true;
    this.wake();
  }

  /** It goes on after a quiet time. */
  resume(): void {
    this.quiet = false;
    this.#turn();
  }

  /** It closes its streams. */
  leave(): void {
    this.stream.close();
  }

  /** Uses the session that it has, whatever happened before; `verified` says when that worked. */
  verify(): void {
    const intent = this.world.intents.current(this.workload.name);
    this.verified = intent?.desired !== 'running' || intent.removed || this.session === null;
    if (this.verified) return;
    const key = this.nextKey();
    this.post('tools/call', call(key, 'safe', 1, false).params, { key, tool: 'safe' }, (answer) => {
      // That a session's workload is gone may be found out only now.
      if (this.session === null) this.verified = true;
      else if (answer?.result) this.#verifyList();
      else this.world.fail('not-served', `${this.name} is refused although nothing is wrong: ${JSON.stringify(answer?.error)}`);
    });
  }

  /** Its next request key. */
  nextKey(): string {
    this.#count += 1;
    return `${this.name}-${this.#count}`;
  }

  get intentId(): string | null {
    return this.world.intents.current(this.workload.name)?.id ?? null;
  }

  initialize(): void {
    if (this.#initializing || this.session) return;
    this.#initializing = true;
    const capabilities = this.elicitation ? { elicitation: {} } : {};
    const params = { protocolVersion: this.version, capabilities, clientInfo: { name: this.#clientInfo, version: '1' } };
    const request = this.post('initialize', params, null, (answer, headers) => {
      this.#initializing = false;
      const id = headers?.['mcp-session-id'];
      if (!answer?.result || typeof id !== 'string') return;
      if (textOf(answer.result['instructions']) !== this.#clientInfo && this.workload.spec.sessions === 'isolated')
        this.world.fail('wrong-answer', `${this.name} got the initialize result of ${String(answer.result['instructions'])}`);
      this.#begin(id, textOf(answer.result['protocolVersion']) ?? '', request.asked.workloadId);
    });
  }

  post(method: string, params: object, wish: Pick<Wish, 'tool' | 'key'> | null, done: Done = () => undefined): PostedRequest {
    const request = new PostedRequest(this, method, params, wish?.tool ?? null, wish?.key ?? this.nextKey(), done);
    this.posted.set(request.idKey, request);
    request.send();
    return request;
  }

  /** A message that gets no answer but 202. */
  notify(message: object, taken: () => void = () => undefined): void {
    const { session } = this;
    if (!session) return;
    let status = 0;
    let open = true;
    this.world.time.after(NOTIFICATION_MS, () => {
      if (open)
        this.world.fail(
          'notification-unanswered',
          `${this.name} waits since ${NOTIFICATION_MS / 1000} s for the 202 of ${JSON.stringify(message)}`,
        );
    });
    this.door.send(
      {
        method: 'POST',
        workload: this.workload.name,
        sessionId: session.id,
        lastEventId: null,
        authorization: this.authorization,
        body: JSON.stringify({ jsonrpc: '2.0', ...message }),
      },
      {
        refused: () => {
          open = false;
        },
        head: (code) => {
          status = code;
        },
        data: () => undefined,
        end: () => {
          open = false;
          if (status === 404) this.sessionRefused(session);
          else if (status !== 202) this.world.fail('bad-status', `a notification of ${this.name} got status ${status}`);
        },
        broken: () => {
          open = false;
        },
        noticed: () => undefined,
      },
      () => undefined,
      taken,
    );
  }

  cancel(request: PostedRequest, why: string): void {
    const { asked } = request;
    if (asked.answers.length > 0 || asked.method === 'initialize') return;
    asked.excuse ??= why;
    this.world.trace.note(this.name, `cancels ${describe(asked)}: ${why}`);
    this.notify({ method: 'notifications/cancelled', params: { requestId: asked.id, reason: why } }, () => {
      if (asked.arrivedAt !== null) this.world.ledger.seal(asked, 'it was cancelled');
    });
  }

  /** A message of the server, on the stream of a request or on the session's own. */
  receive(message: WireMessage, on: PostedRequest | null): void {
    if (message.method === undefined) return this.#response(message, on);
    if (message.id !== undefined && message.id !== null) return this.#question(message);
    this.#notification(message);
  }

  /** Holdfast said that it does not know the session: it must have a reason. */
  sessionRefused(session: ClientSession): void {
    if (this.session === session) this.session = null;
    const { world } = this;
    if (session.deleted) return;
    const intent = world.intents.of(session.workloadId);
    if (!intent || intent.removed || intent.desired === 'gone') return this.forgetRequests('the workload was removed');
    if (this.workload.server.versionChange) return this.forgetRequests('the server speaks another version now');
    if (world.mayBeForgotten(session.id)) return this.forgetRequests('the disk was full');
    world.fail('session-lost', `${this.name} got 404 for its session ${session.id}`);
  }

  forgetRequests(why: string): void {
    for (const request of this.posted.values()) request.asked.excuse ??= why;
    this.stream.close();
  }

  deleteSession(): void {
    const { session } = this;
    if (!session) return;
    session.deleted = true;
    this.session = null;
    this.forgetRequests('its client ended the session');
    const nothing = (): void => undefined;
    const { name } = this.workload;
    const request = {
      method: 'DELETE',
      workload: name,
      sessionId: session.id,
      lastEventId: null,
      authorization: this.authorization,
      body: '',
    } as const;
    this.door.send(
      request,
      { refused: nothing, head: nothing, data: nothing, end: nothing, broken: nothing, noticed: nothing },
      nothing,
      nothing,
    );
  }

  #begin(id: string, version: string, workloadId: string): void {
    this.session = { id, workloadId, version, deleted: false };
    this.world.trace.note(this.name, `has session ${id} (${version})`);
    this.notify({ method: 'notifications/initialized' });
    if (this.random.chance(0.8)) this.stream.open();
  }

  #verifyList(): void {
    this.post('tools/list', {}, null, (list) => {
      this.verified = Array.isArray(list?.result?.['tools']);
    });
  }

  #turn(): void {
    const { plan, time } = this.world;
    if (this.quiet) return;
    if (!this.asleep) this.#act();
    time.after(this.random.wait(plan.clients.thinkMs), () => this.#turn());
  }

  #act(): void {
    if (this.intentId === null) return;
    if (!this.session) return this.initialize();
    if (this.random.chance(this.world.plan.clients.deletes)) return this.deleteSession();
    if (this.random.chance(this.world.plan.clients.sleeps)) return this.#sleep();
    const burst = this.random.chance(0.1) ? this.random.int(2, 8) : 1;
    for (let count = 0; count < burst; count += 1) this.#wish(nextWish(this.random, this.nextKey(), this.world.plan.clients.longCalls));
  }

  #wish(wish: Wish): void {
    const request = this.post(wish.method, wish.params, wish);
    if (this.random.chance(this.world.plan.clients.cancels))
      this.world.time.after(this.random.magnitude(1, 30_000), () => this.cancel(request, 'its client changed its mind'));
  }

  #sleep(): void {
    this.asleep = true;
    this.world.trace.note(this.name, 'goes to sleep');
    this.stream.close();
    for (const request of this.posted.values()) request.drop(this.random.chance(0.5) ? 0 : this.random.between(0, 5_000));
    this.world.time.after(this.random.magnitude(1_000, 600_000), () => this.wake());
  }

  wake(): void {
    if (!this.asleep) return;
    this.asleep = false;
    if (this.session && this.random.chance(0.8)) this.stream.open();
  }

  #response(message: WireMessage, on: PostedRequest | null): void {
    const request = this.posted.get(JSON.stringify(message.id ?? null));
    if (!on || request !== on)
      this.world.fail(
        'wrong-answer',
        `${this.name} got an answer to ${JSON.stringify(message.id)} ${on ? `on the stream of ${on.asked.key}` : 'on its own stream'}`,
      );
    else on.answered(message);
  }

  #question(message: WireMessage): void {
    if (message.method === 'ping') return this.notify({ id: message.id, result: {} });
    const key = textOf(recordOf(message.params)['message']) ?? '';
    const asked = this.world.ledger.asked.get(key);
    if (asked?.client !== this.name) return this.world.fail('wrong-question', `${this.name} was asked about ${key}`);
    if (!this.elicitation)
      return this.world.fail('wrong-question', `${this.name} was asked about ${key} and never said that it can be asked`);
    asked.questioned = true;
    if (!this.random.chance(this.world.plan.clients.answersElicitation)) return;
    this.world.time.after(this.random.magnitude(1, 10_000), () =>
      this.notify({ id: message.id, result: { action: 'accept', content: { about: key } } }),
    );
  }

  #notification(message: WireMessage): void {
    const params = recordOf(message.params);
    if (message.method !== 'notifications/progress') return;
    const request = this.posted.get(JSON.stringify(params['progressToken']));
    const progress = params['progress'];
    if (!request || params['echo'] !== request.asked.key || typeof progress !== 'number')
      return this.world.fail('wrong-progress', `${this.name} got progress of ${String(params['echo'])}`);
    if (progress <= request.asked.progress)
      this.world.fail('progress-back', `${this.name} got progress ${progress} of ${request.asked.key} after ${request.asked.progress}`);
    request.asked.progress = progress;
  }
}
