import { readInitializeResult } from '../../mcp/initialize.ts';
import { requestTraits } from '../../mcp/methods.ts';
import { peekMessage } from '../../mcp/peek.ts';
import type { HeaderList } from '../ports/reply.ts';
import type { Exchange } from '../relay/exchange.ts';
import type { Session } from '../session/session.ts';
import { ask } from './http-answer.ts';
import type { HttpGeneration } from './http-generation.ts';
import { sessionHeaders } from './http-session.ts';
import type { OwnIds } from './own-ids.ts';
import { readPages } from './survey.ts';
import type { UpstreamContext } from './upstream.ts';

const encoder = new TextEncoder();
/** Lists that a new generation may have changed. */
const COMPARED: readonly string[] = ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'];

/**
 * What an HTTP backend said to lists and `initialize`: kept for outages, compared between generations, and asked for where no client did.
 * Sessions see the same lists when their clients sent the same `initialize` and the same authorization.
 */
export class HttpLists {
  private readonly context: UpstreamContext;
  private readonly ids: OwnIds;
  private readonly backendOf: (session: Session) => HttpGeneration | null;
  private generation = 0;
  /** Views whose lists were compared, or whose tools were asked for, in this generation. */
  private compared = new Set<string>();
  private asked = new WeakMap<Session, number>();

  constructor(context: UpstreamContext, ids: OwnIds, backendOf: (session: Session) => HttpGeneration | null) {
    this.ids = ids;
    this.context = context;
    this.backendOf = backendOf;
  }

  newGeneration(generation: number): void {
    this.generation = generation;
    this.compared = new Set();
  }

  /** The backend may have been replaced behind our back: what was compared may differ again. */
  doubt(): void {
    this.compared = new Set();
    this.asked = new WeakMap();
  }

  view(session: Session | null, x: Exchange): string {
    const authorization = x.headers['authorization'];
    const params = session?.initializeParams ?? paramsOf(x);
    return `${params}\u0001${typeof authorization === 'string' ? authorization : ''}`;
  }

  /** A client's request was answered. */
  answered(x: Exchange, body: Uint8Array, generation: number): void {
    if (requestTraits(x.method)?.cacheable !== true || !x.hasBody || !x.session) return;
    const message = peekMessage(body);
    const range = message.ok && message.kind !== 'request' ? message.range('result') : undefined;
    if (!range) return;
    this.remember(
      this.view(x.session, x),
      x.method,
      x.message.text('params.cursor') ?? null,
      body.subarray(range.start, range.end),
      generation,
      x.session,
    );
  }

  rememberInitialize(x: Exchange, result: Uint8Array, generation: number): void {
    this.context.cache.remember(this.view(null, x), 'initialize', null, result, generation);
  }

  answerInitialize(x: Exchange): boolean {
    const result = this.context.cache.find(this.view(null, x), 'initialize', null);
    const read = result && readInitializeResult(result);
    if (!result || !read) return false;
    this.context.openSession(x, { protocolVersion: read.protocolVersion, backend: null, result });
    return true;
  }

  /** A call is on its way whose tool nobody has asked about: if it gets lost, its annotations must be known. Once per session and generation. */
  wantTools(session: Session, headers: HeaderList, generation: number): void {
    if (this.asked.get(session) === generation) return;
    this.asked.set(session, generation);
    if (!this.context.cache.knows(this.viewOf(session, headers), 'tools/list', generation))
      this.readTools(session, headers, () => undefined);
  }

  /** Reads the tools as that session's client sees them. */
  readTools(session: Session, headers: HeaderList, done: () => void): void {
    void this.read(session, headers, ['tools/list'])
      .catch((error: unknown) => this.context.log.debug('the tools could not be read', { error: String(error) }))
      .finally(done);
  }

  /** A session that listens was resumed: what the old generation's lists were is compared with the new, once for each view. */
  compare(session: Session, headers: HeaderList): void {
    const view = this.viewOf(session, headers);
    if (this.compared.has(view)) return;
    this.compared.add(view);
    const known = COMPARED.filter(
      (method) => this.context.cache.find(view, method, null) !== null && !this.context.cache.knows(view, method, this.generation),
    );
    this.read(session, headers, known).catch((error: unknown) =>
      this.context.log.debug('lists could not be compared', { error: String(error) }),
    );
  }

  private async read(session: Session, headers: HeaderList, methods: readonly string[]): Promise<void> {
    const current = this.backendOf(session);
    if (!current) return;
    const view = this.viewOf(session, headers);
    for (const method of methods) {
      await readPages(
        method,
        async (name, params) => {
          const body = encoder.encode(
            `{"jsonrpc":"2.0","id":${this.ids.next()},"method":"${name}"${params === null ? '' : `,"params":${params}`}}`,
          );
          const answer = await ask(
            current.connection,
            {
              method: 'POST',
              headers: sessionHeaders(session, headers),
              body,
              longLived: false,
            },
            this.context.clock,
          );
          return answer.response;
        },
        (name, cursor, result) => this.remember(view, name, cursor, result, current.generation, null),
      );
    }
  }

  private remember(
    view: string,
    method: string,
    cursor: string | null,
    result: Uint8Array,
    generation: number,
    asker: Session | null,
  ): void {
    if (this.context.cache.remember(view, method, cursor, result, generation) !== 'changed' || cursor !== null) return;
    const prefix = view.slice(0, view.indexOf('\u0001'));
    const affected = [...this.context.sessions()].filter((session) => session !== asker && session.initializeParams === prefix);
    this.context.listChanged(method, affected);
  }

  private viewOf(session: Session, headers: HeaderList): string {
    const authorization = headers['authorization'];
    return `${session.initializeParams}\u0001${typeof authorization === 'string' ? authorization : ''}`;
  }
}

function paramsOf(x: Exchange): string {
  const params = x.message.range('params');
  return params ? new TextDecoder().decode(x.message.bytes.subarray(params.start, params.end)) : '{}';
}
