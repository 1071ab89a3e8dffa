import { resourceUpdated, resultResponse } from '../../mcp/jsonrpc.ts';
import type { Message } from '../../mcp/message.ts';
import { requestTraits } from '../../mcp/methods.ts';
import type { Splice } from '../../mcp/splice.ts';
import type { Exchange } from '../relay/exchange.ts';
import { mostVerbose } from '../session/log-level.ts';
import type { Session } from '../session/session.ts';
import { rememberInSession } from './remembered-request.ts';
import type { Ask } from './survey.ts';
import type { UpstreamContext } from './upstream.ts';

const encoder = new TextEncoder();

/**
 * What the sessions of one process have in common there: the most verbose log level that any of them wants, and each subscription once,
 * however many sessions want it. Restored in every new generation.
 */
export class StdioSessionState {
  private readonly context: UpstreamContext;
  /** Sessions that came back while a new process was being restored. */
  private readonly late = new Set<Session>();

  constructor(context: UpstreamContext) {
    this.context = context;
  }

  /** What has to be changed in a request, or `answered` where the server need not be asked. */
  beforeDelivery(x: Exchange): Splice | 'answered' | null {
    if (!x.session) return null;
    if (x.method === 'logging/setLevel') return this.unionLevel(x, x.session);
    if (x.method !== 'resources/subscribe' && x.method !== 'resources/unsubscribe') return null;
    if (x.name === null || !this.othersSubscribed(x.session, x.name)) return null;
    if (x.method === 'resources/subscribe') x.session.subscriptions.add(x.name);
    else x.session.subscriptions.delete(x.name);
    this.context.sessionChanged(x.session);
    this.context.lane.answered(x);
    x.answer.final(resultResponse(x.idBytes, '{}'));
    return 'answered';
  }

  /** A request succeeded: remembers what must be restored, or what may be answered from the cache. */
  afterSuccess(x: Exchange, response: Message, view: string, generation: number): void {
    if (!x.session || !x.hasBody) return;
    if (rememberInSession(x)) this.context.sessionChanged(x.session);
    else this.rememberList(x, response, view, generation);
  }

  /** In a new generation, before any request: log level, then subscriptions. A server that refuses one is not worse off than before. */
  async restore(ask: Ask): Promise<void> {
    const sessions = [...this.context.sessions()];
    this.late.clear();
    const level = mostVerbose(sessions.map((session) => session.logLevel));
    if (level !== null) this.report('logging/setLevel', await ask('logging/setLevel', JSON.stringify({ level })));
    const uris = new Set(sessions.flatMap((session) => [...session.subscriptions]));
    for (const uri of uris) this.report('resources/subscribe', await ask('resources/subscribe', JSON.stringify({ uri })));
  }

  /** A session came back that the running process never heard of. A process that is not ready yet hears of it when it is. */
  revive(session: Session, isReady: boolean, tell: (method: string, params: string) => void): void {
    if (!isReady) return void this.late.add(session);
    const level = mostVerbose([...this.context.sessions()].map((other) => other.logLevel));
    if (session.logLevel !== null && level === session.logLevel) tell('logging/setLevel', JSON.stringify({ level }));
    for (const uri of session.subscriptions) tell('resources/subscribe', JSON.stringify({ uri }));
  }

  /** The new process is ready: it hears of the sessions that came back meanwhile. */
  reviveLate(tell: (method: string, params: string) => void): void {
    for (const session of this.late) this.revive(session, true, tell);
    this.late.clear();
  }

  /** Nobody knows what changed while no server was there: each subscriber is told to look. */
  announceGap(): void {
    for (const session of this.context.sessions()) {
      for (const uri of session.subscriptions) this.context.toStream(session, resourceUpdated(uri));
    }
  }

  sessionEnded(session: Session, tell: (method: string, params: string) => void): void {
    for (const uri of session.subscriptions) {
      if (!this.othersSubscribed(session, uri)) tell('resources/unsubscribe', JSON.stringify({ uri }));
    }
  }

  private rememberList(x: Exchange, response: Message, view: string, generation: number): void {
    if (requestTraits(x.method)?.cacheable !== true) return;
    const range = response.range('result');
    if (!range) return;
    const cursor = x.message.text('params.cursor') ?? null;
    const result = response.bytes.subarray(range.start, range.end);
    if (this.context.cache.remember(view, x.method, cursor, result, generation) !== 'changed' || cursor !== null) return;
    const others = [...this.context.sessions()].filter((session) => session !== x.session);
    this.context.listChanged(x.method, others);
  }

  private unionLevel(x: Exchange, session: Session): Splice | null {
    const range = x.message.range('params.level');
    const wanted = x.message.text('params.level');
    if (!range || wanted === undefined) return null;
    const others = [...this.context.sessions()].filter((other) => other !== session).map((other) => other.logLevel);
    const level = mostVerbose([wanted, ...others]);
    if (level === null || level === wanted) return null;
    return { start: range.start, end: range.end, replacement: encoder.encode(JSON.stringify(level)) };
  }

  private othersSubscribed(session: Session, uri: string): boolean {
    for (const other of this.context.sessions()) if (other !== session && other.subscriptions.has(uri)) return true;
    return false;
  }

  private report(method: string, answer: Message): void {
    if (answer.kind === 'error-response')
      this.context.log.info('the new server refused what the old one had accepted', { method, error: answer.text('error.message') ?? '' });
  }
}
