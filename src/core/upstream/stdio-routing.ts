import { copied } from '../../lib/copied.ts';
import type { Identifier } from '../../mcp/identifier.ts';
import { cancelledNotification, errorResponse } from '../../mcp/jsonrpc.ts';
import type { Message } from '../../mcp/message.ts';
import type { Exchange } from '../relay/exchange.ts';
import { passesLevel } from '../session/log-level.ts';
import type { Session } from '../session/session.ts';
import type { PendingRequests } from './own-requests.ts';
import type { ServerRequests } from './server-requests.ts';
import { rewritten, type StdioGeneration, type StdioWire } from './stdio-wire.ts';
import type { UpstreamContext } from './upstream.ts';

const encoder = new TextEncoder();
const NO_TOKEN = new Uint8Array(0);

/** Where messages of a server go that are no answers, and what clients say beside their requests. Nothing is guessed, nothing is broadcast that has one owner. */
export class StdioRouting {
  private readonly context: UpstreamContext;
  private readonly mode: 'shared' | 'isolated';
  private readonly pending: PendingRequests;
  private readonly open: ServerRequests;
  /** Which session an out-of-band elicitation belongs to. */
  private readonly elicitations = new Map<string, Session>();
  private strays = 0;

  constructor(context: UpstreamContext, mode: 'shared' | 'isolated', pending: PendingRequests, open: ServerRequests) {
    this.context = context;
    this.mode = mode;
    this.pending = pending;
    this.open = open;
  }

  /** Answers that nobody asked for, in all generations. */
  get strayAnswers(): number {
    return this.strays;
  }

  countStray(): void {
    this.strays += 1;
    this.context.log.debug('the server answered something that nobody asked', { strays: this.strays });
  }

  answerBytes(message: Message, id: { start: number; end: number }, clientId: Uint8Array): Uint8Array {
    return rewritten(message, [{ start: id.start, end: id.end, replacement: clientId }]);
  }

  /** A request of the server: to the one session that it may be working for, or refused. */
  request(process: StdioGeneration, message: Message): void {
    const id = message.id;
    if (!id) return;
    const idBytes = copied(message.bytes, id.start, id.end);
    if (message.method === 'ping') return this.refuseOrAnswer(process.wire, `{"jsonrpc":"2.0","id":${decode(idBytes)},"result":{}}`);
    const atWork = this.pending.sessions();
    const session = this.audience(atWork);
    if (!session) return this.refuse(process.wire, idBytes, -32603, nobodyToAsk(message.method, atWork.size));
    if (!declares(session, message.method))
      return this.refuse(process.wire, idBytes, -32601, `Method not found: the client did not declare what ${message.method} needs`);
    this.forwardRequest(
      process,
      message,
      id,
      idBytes,
      session,
      this.pending.values().filter((x) => x.session === session),
    );
  }

  notification(process: StdioGeneration, message: Message): void {
    switch (message.method) {
      case 'notifications/progress':
        return this.progress(message);
      case 'notifications/cancelled':
        return this.cancelled(process, message);
      case 'notifications/message': {
        const level = message.text('params.level');
        return this.broadcast(message, (session) => passesLevel(level, session.logLevel));
      }
      case 'notifications/resources/updated':
        return this.updated(message);
      case 'notifications/elicitation/complete': {
        const owner = this.elicitations.get(message.text('params.elicitationId') ?? '');
        if (owner) this.context.toStream(owner, rewritten(message, []));
        return;
      }
      default:
        if (message.method.endsWith('/list_changed') && this.mode === 'shared') return;
        return this.broadcast(message, () => true);
    }
  }

  /** Clients that still show a question of the dead generation are told that it is void. */
  generationEnded(generation: number): void {
    for (const { id, request } of this.open.takeWhere((open) => open.generation === generation)) {
      const cancel = cancelledNotification(JSON.parse(id) as string, 'the server died');
      this.context.toStream(request.session, encoder.encode(cancel));
    }
    this.elicitations.clear();
  }

  sessionEnded(wire: StdioWire, session: Session): void {
    for (const { request } of this.open.takeWhere((open) => open.session === session)) {
      this.refuse(wire, request.idBytes, -32603, 'the client ended its session');
    }
  }

  private audience(atWork: ReadonlySet<string>): Session | null {
    if (this.mode === 'shared' && atWork.size !== 1) return null;
    for (const session of this.context.sessions()) if (this.mode === 'isolated' || atWork.has(session.id)) return session;
    return null;
  }

  private forwardRequest(
    process: StdioGeneration,
    message: Message,
    id: Identifier,
    idBytes: Uint8Array,
    session: Session,
    exchanges: readonly Exchange[],
  ): void {
    const clientId = this.open.add({ session, method: message.method, idBytes, idKey: id.key, generation: process.generation });
    const bytes = rewritten(message, [{ start: id.start, end: id.end, replacement: clientId }]);
    for (const x of exchanges) x.asked = true;
    const elicitation = message.text('params.elicitationId');
    if (elicitation !== undefined) this.elicitations.set(elicitation, session);
    const waiting = exchanges.filter((x) => x.phase === 'delivered' && !x.cancelled);
    const [only] = waiting;
    if (only && (waiting.length === 1 || !session.standalone?.connected) && only.answer.event(bytes)) return;
    if (this.context.toStream(session, bytes, true)) return;
    this.open.take(session, decode(clientId));
    this.refuse(process.wire, idBytes, -32603, 'the client has no stream open on which it could be asked');
  }

  private progress(message: Message): void {
    const token = message.identifier('params.progressToken');
    const x = token?.kind === 'number' ? this.pending.exchange(Number(token.key)) : undefined;
    if (!token || !x?.tokenBytes || x.phase !== 'delivered') return;
    this.context.lane.alive(x);
    const value = message.number('params.progress') ?? Number.NEGATIVE_INFINITY;
    if (value <= x.progress) return;
    x.progress = value;
    if (!x.cancelled) x.answer.event(rewritten(message, [{ start: token.start, end: token.end, replacement: x.tokenBytes ?? NO_TOKEN }]));
  }

  private cancelled(process: StdioGeneration, message: Message): void {
    const id = message.identifier('params.requestId');
    const cancelled = id && this.open.cancel(process.generation, id.key, null);
    if (!id || !cancelled) return;
    this.context.toStream(cancelled.session, rewritten(message, [{ start: id.start, end: id.end, replacement: cancelled.id }]));
  }

  private updated(message: Message): void {
    const uri = message.text('params.uri') ?? '';
    const subscribers = [...this.context.sessions()].filter((session) => session.subscriptions.size > 0);
    const exact = subscribers.filter((session) => session.subscriptions.has(uri));
    const targets = new Set(exact.length > 0 ? exact : subscribers);
    this.broadcast(message, (session) => targets.has(session));
  }

  private broadcast(message: Message, to: (session: Session) => boolean): void {
    const bytes = rewritten(message, []);
    for (const session of this.context.sessions()) if (to(session)) this.context.toStream(session, bytes);
  }

  private refuse(wire: StdioWire, idBytes: Uint8Array, code: number, message: string): void {
    this.refuseOrAnswer(wire, decode(errorResponse(idBytes, code, message)));
  }

  /** A pipe that is closed needs no answer: the exit is on its way. */
  private refuseOrAnswer(wire: StdioWire, json: string): void {
    wire.send(json);
  }
}

/** @param sessions how many it may be for */
function nobodyToAsk(method: string, sessions: number): string {
  if (sessions === 1) return `The client that ${method} is for has ended its session, or is away`;
  const which = sessions === 0 ? 'none are' : 'several are';
  return `Holdfast cannot tell which client ${method} is for: requests of ${which} in flight; run this server with --sessions isolated`;
}

function declares(session: Session, method: string): boolean {
  if (method === 'sampling/createMessage') return session.abilities.sampling;
  if (method === 'elicitation/create') return session.abilities.elicitation;
  if (method === 'roots/list') return session.abilities.roots;
  return true;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
