import { cancelledNotification, errorResponse, resultResponse } from '../../mcp/jsonrpc.ts';
import type { Message } from '../../mcp/message.ts';
import { encodeIdentifier, type Splice } from '../../mcp/splice.ts';
import { withoutTaskSupport } from '../../mcp/tools-list.ts';
import { HoldfastError } from '../errors/holdfast-error.ts';
import type { Handshake, Verdict } from '../ports/gateway.ts';
import type { HeaderList } from '../ports/reply.ts';
import type { Endpoint } from '../ports/stdio-channel.ts';
import type { Exchange } from '../relay/exchange.ts';
import type { Session } from '../session/session.ts';
import { PendingRequests } from './own-requests.ts';
import { ServerRequests } from './server-requests.ts';
import { SharedWork } from './shared-work.ts';
import { type ServerAnswer, StdioInitialize } from './stdio-initialize.ts';
import { type Lister, StdioLists } from './stdio-lists.ts';
import { StdioRouting } from './stdio-routing.ts';
import { StdioSessionState } from './stdio-session-state.ts';
import { type StdioGeneration, StdioWire } from './stdio-wire.ts';
import type { AttachOptions, Upstream, UpstreamContext } from './upstream.ts';
import { withAbort } from './with-abort.ts';

/**
 * One stdio process for its clients: every client under `--sessions shared`, one under `isolated`. Ids and progress tokens are rewritten,
 * so that each answer goes only to its caller (`sessions.md`, "One process, many clients").
 */
export class StdioUpstream implements Upstream {
  private readonly context: UpstreamContext;
  private readonly mode: 'shared' | 'isolated';
  private readonly pending = new PendingRequests();
  private readonly serverRequests = new ServerRequests();
  private readonly state: StdioSessionState;
  private readonly lists: StdioLists;
  private readonly routing: StdioRouting;
  private readonly initialize: StdioInitialize;
  private readonly work: SharedWork;
  private process: StdioGeneration | null = null;

  constructor(context: UpstreamContext, mode: 'shared' | 'isolated') {
    this.context = context;
    this.mode = mode;
    this.state = new StdioSessionState(context);
    this.initialize = new StdioInitialize(context, mode);
    this.lists = new StdioLists(context);
    this.work = new SharedWork(context, this.pending);
    this.routing = new StdioRouting(context, mode, this.pending, this.serverRequests);
  }

  async attach(generation: number, endpoint: Endpoint, options: AttachOptions): Promise<Handshake> {
    if (endpoint.kind !== 'stdio') throw new HoldfastError('HF_INTERNAL', { what: 'a stdio workload was given an HTTP endpoint' });
    const process = { generation, wire: this.connect(generation, endpoint) };
    this.process = process;
    if (options.adopted) this.pending.startAfresh(this.context.clock.now());
    else this.pending.startAnew();
    if (options.adopted && this.context.lane.generation !== generation) this.work.takenOver(generation);
    const ask: ServerAnswer = (method, params) => this.ask(process, method, params);
    const handshake = await withAbort(options.signal, this.initialize.handshake(process.wire, ask, generation, options));
    await withAbort(options.signal, this.state.restore(ask));
    if (this.process !== process) throw new HoldfastError('HF_CANCELLED', { what: 'Another generation took over' });
    const hadOne = this.context.lane.generation > 0;
    this.context.lane.ready(generation);
    this.state.reviveLate(this.tell);
    if (hadOne) this.state.announceGap();
    if (this.mode === 'shared' || this.initialize.capabilities) this.lists.read(this.lister(process));
    return handshake;
  }

  drop(generation: number, { exit }: Verdict): void {
    if (this.process?.generation !== generation) return;
    this.process = null;
    if (exit.livesOn) this.pending.detach();
    else this.pending.clear();
    this.routing.generationEnded(generation);
    this.lists.generationEnded();
  }

  deliver(x: Exchange): void {
    if (x.method === 'initialize' && this.mode === 'shared') return this.initialize.answer(x);
    if (!this.process) return this.context.lane.undelivered(x);
    if (this.mode === 'shared' && x.method.startsWith('tasks/')) return this.refuseTasks(x);
    if (x.method === 'initialize') this.initialize.forwarded(this.process.generation);
    const change = this.state.beforeDelivery(x);
    if (change === 'answered') return;
    if (this.mode === 'shared') this.work.begins(x.session, this.process.generation);
    const id = this.pending.add(x);
    x.upstream = id;
    if (!this.process.wire.forward(x.message, this.requestSplices(x, id, change))) {
      this.pending.takeExchange(id);
      if (!this.process.wire.lost) this.context.connectionLost(this.process.generation, 'its stdin is closed');
      return this.context.lane.undelivered(x);
    }
    this.context.lane.delivered(x);
  }

  cancel(x: Exchange, reason: string): void {
    if (typeof x.upstream !== 'number' || this.pending.exchange(x.upstream) !== x) return;
    this.process?.wire.send(cancelledNotification(x.upstream, reason));
  }

  notification(_session: Session, message: Message, _headers: HeaderList, done: () => void): void {
    done();
    if (!this.process) return;
    if (this.mode === 'shared' && SESSION_ONLY.has(message.method)) return;
    if (
      this.mode === 'isolated' &&
      message.method === 'notifications/initialized' &&
      this.initialize.sentInitialized(this.process.generation)
    )
      return;
    this.process.wire.forward(message, []);
    if (message.method === 'notifications/initialized') this.lists.read(this.lister(this.process));
  }

  modernNotification(_message: Message, _headers: HeaderList, done: () => void): void {
    done();
  }

  response(session: Session, message: Message, _headers: HeaderList, done: () => void): void {
    done();
    const id = message.id;
    const request = id && this.serverRequests.take(session, id.key);
    if (!request || !id || request.generation !== this.process?.generation) return;
    this.process.wire.forward(message, [{ start: id.start, end: id.end, replacement: request.idBytes }]);
  }

  streamOpened(): void {
    // A stdio server writes whenever it likes; nothing has to be opened for it.
  }

  sessionEnded(session: Session): void {
    for (const x of this.pending.values()) if (x.session === session) this.cancel(x, 'the client ended its session');
    if (this.process) this.routing.sessionEnded(this.process.wire, session);
    if (this.process) this.state.sessionEnded(session, this.tell);
  }

  sessionRevived(session: Session): void {
    if (this.process && this.mode === 'shared') this.state.revive(session, this.context.lane.state.kind === 'ready', this.tell);
  }

  sessionIdle(_session: Session): void {
    // Its subscriptions go on: the session can come back without being asked again.
  }

  view(_x: Exchange): string {
    return this.viewName();
  }

  release(x: Exchange): void {
    if (typeof x.upstream === 'number' && this.pending.exchange(x.upstream) === x) this.pending.giveUp(x.upstream);
  }

  survey(_x: Exchange, done: () => void): void {
    if (this.process) this.lists.whenRead(done, this.lister(this.process));
    else done();
  }

  close(goesOn = false): void {
    this.work.close(goesOn);
    this.process = null;
    this.pending.clear();
  }

  answerInitialize(x: Exchange): boolean {
    if (this.mode !== 'shared' || !this.initialize.known) return false;
    this.initialize.answer(x);
    return true;
  }

  private connect(generation: number, endpoint: Endpoint & { kind: 'stdio' }): StdioWire {
    return new StdioWire(endpoint.channel, {
      message: (message) => this.receive(generation, message),
      noise: (line, why) => endpoint.channel.noise(line, why),
      end: (partial) => {
        if (partial) endpoint.channel.noise(partial, 'the server ended in the middle of this line');
        if (this.process?.generation === generation) this.context.connectionLost(generation, 'its stdout ended');
      },
    });
  }

  private receive(generation: number, message: Message): void {
    const process = this.process;
    if (process?.generation !== generation) return;
    this.pending.processSpoke(this.context.clock.monotonic());
    if (message.kind === 'request') return this.routing.request(process, message);
    if (message.kind === 'notification') {
      this.routing.notification(process, message);
      // Before its handshake a server may say what it likes, and be asked nothing.
      const isReady = this.context.lane.generation === generation;
      if (isReady && message.method.endsWith('/list_changed')) this.lists.read(this.lister(process));
      return;
    }
    const id = message.id;
    const number = id?.kind === 'number' ? Number(id.key) : Number.NaN;
    const x = this.pending.takeExchange(number);
    if (x) return this.answer(x, message, id as NonNullable<typeof id>);
    if (!this.pending.settleOwn(number, message)) this.routing.countStray();
  }

  private answer(x: Exchange, message: Message, id: { start: number; end: number }): void {
    if (x.phase === 'done') return;
    const isError = message.kind === 'error-response';
    if (x.method === 'initialize' && !isError) return this.initialize.completed(x, message, this.process?.generation ?? 0);
    this.context.lane.answered(x);
    if (isError && x.method === 'initialize' && x.session) this.context.endSession(x.session, 'the server refused to initialize');
    if (!isError) this.state.afterSuccess(x, message, this.viewName(), this.process?.generation ?? 0);
    if (x.method === 'tools/list' && this.mode === 'shared' && !isError) return x.answer.final(this.toolsWithoutTasks(x, message));
    x.answer.final(this.routing.answerBytes(message, id, x.idBytes));
  }

  /** Clients of a shared process see the same lists; an isolated one may see its own. */
  private viewName(): string {
    if (this.mode === 'shared') return this.mode;
    const [session] = this.context.sessions();
    return session?.id ?? this.mode;
  }

  /** Tasks of one process would be seen by every client (`sessions.md`, "One process, many clients"). */
  private toolsWithoutTasks(x: Exchange, message: Message): Uint8Array {
    const range = message.range('result');
    return resultResponse(x.idBytes, withoutTaskSupport(message.bytes.subarray(range?.start, range?.end)));
  }

  private requestSplices(x: Exchange, id: number, change: Splice | null): Splice[] {
    const message = x.message;
    const number = encodeIdentifier(id);
    const splices: Splice[] = change ? [change] : [];
    const idRange = message.range('id');
    if (idRange) splices.push({ start: idRange.start, end: idRange.end, replacement: number });
    const token = message.range('params._meta.progressToken');
    if (token) splices.push({ start: token.start, end: token.end, replacement: number });
    return splices;
  }

  private ask(process: StdioGeneration, method: string, params: string | null): Promise<Message> {
    return this.pending.ask((id) =>
      process.wire.send(`{"jsonrpc":"2.0","id":${id},"method":"${method}"${params === null ? '' : `,"params":${params}`}}`),
    );
  }

  private lister(process: StdioGeneration): Lister {
    return {
      capabilities: this.initialize.capabilities,
      view: this.viewName(),
      generation: process.generation,
      ask: (method, params) => this.ask(process, method, params),
    };
  }

  /** A request of our own whose answer does not matter. */
  private readonly tell = (method: string, params: string): void => {
    const process = this.process;
    if (!process) return;
    this.ask(process, method, params).catch((error: unknown) => {
      this.context.log.debug('a request of our own was not answered', { method, error: String(error) });
    });
  };

  private refuseTasks(x: Exchange): void {
    this.context.lane.answered(x);
    x.answer.final(
      errorResponse(
        x.idBytes,
        -32601,
        'Method not found: tasks of a shared server would be visible to every client; use --sessions isolated',
      ),
    );
  }
}

/** What a client of a shared process says about itself alone. */
const SESSION_ONLY: ReadonlySet<string> = new Set(['notifications/initialized', 'notifications/roots/list_changed']);
