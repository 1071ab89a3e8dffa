import type { Incarnated, Outlet, ServerHost } from './server-host.ts';
import type { ServerSession } from './server-session.ts';
import { isSafeTool, toolList } from './toolset.ts';
import { recordOf, textOf, type WireMessage } from './wire-types.ts';

/** One request that the server works on. */
interface Work {
  /** Tells it from requests of other sessions with the same id. */
  readonly mark: string;
  readonly id: number | string;
  readonly key: string | null;
  readonly session: ServerSession;
  readonly outlet: Outlet;
  cancelled: boolean;
}

interface Question {
  readonly key: string;
  readonly session: ServerSession;
  readonly answered: (accepted: boolean) => void;
}

/** How long a server waits for a client to answer its question, ms. */
const PATIENCE_MS = 20_000;

/** An MCP server that says who asked for what, counts what it executes, and can be told to behave badly. Knows no transport. */
export class McpServer {
  readonly of: Incarnated;
  private readonly host: ServerHost;
  private readonly working = new Map<string, Work>();
  /** Toolsets that this process has shown: what any of them called safe may have been repeated. */
  private readonly shown = new Set<number>();
  private readonly questions = new Map<number, Question>();
  private questionCount = 0;
  /** Answered `tools/list` since it began. */
  toolsListedAt: number | null = null;

  constructor(host: ServerHost, incarnated: Incarnated) {
    this.host = host;
    this.of = incarnated;
  }

  receive(message: WireMessage, session: ServerSession, outlet: Outlet): void {
    if (!this.host.alive || !this.host.survives('receive')) return;
    if (message.method === undefined) return this.response(message, session);
    if (message.id === undefined || message.id === null) return this.notification(message, session);
    const work: Work = { mark: markOf(session, message.id), id: message.id, key: keyOf(message), session, outlet, cancelled: false };
    this.working.set(work.mark, work);
    if (message.method === 'tools/call') return this.call(work, message);
    this.host.after(this.host.random.between(0, 2), () => this.request(work, message));
  }

  /** Something that nobody asked for. */
  stray(sessions: readonly ServerSession[]): void {
    const { random } = this.host;
    const session = sessions.length > 0 ? random.pick(sessions) : null;
    const outlet = session?.outlet;
    if (!session || !outlet) return;
    const running = [...this.working.values()];
    switch (random.int(0, 6)) {
      case 0:
        return outlet.send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'stray' } }));
      case 1:
        return outlet.send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri: 'sim://s/1' } }));
      case 2:
        return outlet.send(JSON.stringify({ jsonrpc: '2.0', id: 987_654, result: { echo: 'nobody', content: [] } }));
      case 3:
        return outlet.send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }));
      case 4:
        this.of.toolset += 1;
        return outlet.send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }));
      case 5: {
        const cancelled = running.find((work) => work.cancelled && work.key !== null && work.session.elicitation);
        if (cancelled) this.ask(cancelled, () => undefined);
        return;
      }
      default:
        return outlet.send(JSON.stringify({ jsonrpc: '2.0', id: `q${random.int(1, 9)}`, method: 'ping' }));
    }
  }

  private request(work: Work, message: WireMessage): void {
    const params = recordOf(message.params);
    switch (message.method) {
      case 'initialize':
        return this.initialize(work, params);
      case 'ping':
        return this.answer(work, {});
      case 'tools/list':
        return this.listTools(work, params);
      case 'resources/list':
        return this.answer(work, { resources: [{ uri: 'sim://s/1', name: 'one' }] });
      case 'resources/read':
        return this.read(work, params);
      case 'resources/subscribe':
        work.session.subscriptions.add(textOf(params['uri']) ?? '');
        return this.answer(work, {});
      case 'resources/unsubscribe':
        work.session.subscriptions.delete(textOf(params['uri']) ?? '');
        return this.answer(work, {});
      case 'logging/setLevel':
        work.session.level = textOf(params['level']);
        return this.answer(work, {});
      default:
        return this.refuse(work, -32601, 'Method not found');
    }
  }

  private initialize(work: Work, params: Readonly<Record<string, unknown>>): void {
    const { session } = work;
    session.initializations += 1;
    if (session.initializations > 1)
      this.host.world.fail('initialized-twice', `process ${this.host.pid} is initialized ${session.initializations} times`);
    session.client = textOf(recordOf(params['clientInfo'])['name']);
    session.elicitation = recordOf(params['capabilities'])['elicitation'] !== undefined;
    const asked = textOf(params['protocolVersion']) ?? this.of.version;
    const version = asked < this.of.version ? asked : this.of.version;
    const capabilities = { tools: { listChanged: true }, resources: { subscribe: true }, logging: {} };
    const result = {
      protocolVersion: version,
      capabilities,
      serverInfo: { name: 'simulated', version: '1' },
      instructions: session.client,
    };
    switch (this.of.handshake) {
      case 'right':
        return this.answer(work, result);
      case 'silent':
      case 'exit':
        return;
      case 'error':
        return this.refuse(work, -32602, 'not today');
      case 'no-version':
        return this.answer(work, { ...result, protocolVersion: undefined });
      case 'garbage':
        return work.outlet.send('{"jsonrpc":"2.0","id":1,"result":{}}');
    }
  }

  private listTools(work: Work, params: Readonly<Record<string, unknown>>): void {
    const tools = toolList(this.of.toolset);
    this.shown.add(this.of.toolset);
    this.toolsListedAt ??= this.host.world.time.monotonic();
    if (!this.of.paged) return this.answer(work, { tools });
    if (params['cursor'] === undefined) return this.answer(work, { tools: tools.slice(0, 3), nextCursor: 'page-2' });
    this.answer(work, { tools: tools.slice(3) });
  }

  private read(work: Work, params: Readonly<Record<string, unknown>>): void {
    this.executed(work, true);
    if (this.host.survives('execute')) this.answer(work, { contents: [{ uri: params['uri'], text: 'text' }], echo: work.key });
  }

  private call(work: Work, message: WireMessage): void {
    const params = recordOf(message.params);
    const tool = textOf(params['name']) ?? '';
    const args = recordOf(params['arguments']);
    const safe = isSafeTool(tool, this.of.toolset);
    const everSafe = [...this.shown].some((toolset) => isSafeTool(tool, toolset) === true);
    this.host.after(this.host.random.between(0, 5), () => {
      if (work.cancelled && this.gone(work)) return;
      if (safe === null) return this.refuse(work, -32602, `Unknown tool ${tool}`);
      this.executed(work, safe || everSafe);
      if (!this.host.survives('execute')) return;
      const token = recordOf(params['_meta'])['progressToken'];
      const ms = typeof args['ms'] === 'number' ? args['ms'] : 0;
      const run = (): void => this.progress(work, token, ms, 1);
      if (args['ask'] === true && work.session.elicitation && work.outlet.asks) this.ask(work, run);
      else run();
    });
  }

  private progress(work: Work, token: unknown, leftMs: number, step: number): void {
    if (work.cancelled && this.gone(work)) return;
    if (leftMs <= 0) {
      if (this.host.survives('answer'))
        this.answer(work, { content: [{ type: 'text', text: 'done' }], echo: work.key, pid: this.host.pid });
      return;
    }
    const next = Math.min(leftMs, 1_000);
    this.host.after(next, () => {
      if (token !== undefined && leftMs > next && !work.cancelled) {
        this.host.world.ledger.alive(work.key ?? '');
        work.outlet.send(
          JSON.stringify({
            jsonrpc: '2.0',
            method: 'notifications/progress',
            params: { progressToken: token, progress: step, echo: work.key },
          }),
        );
      }
      this.progress(work, token, leftMs - next, step + 1);
    });
  }

  /** Asks the client that the request came from. */
  private ask(work: Work, then: () => void): void {
    const id = this.questionCount;
    this.questionCount += 1;
    const { key, session } = work;
    if (key === null) return then();
    this.questions.set(id, { key, session, answered: then });
    // Whatever comes on the stream of a request is a sign of life.
    this.host.world.ledger.alive(key);
    work.outlet.send(
      JSON.stringify({ jsonrpc: '2.0', id, method: 'elicitation/create', params: { message: key, requestedSchema: { type: 'object' } } }),
    );
    this.host.after(PATIENCE_MS, () => {
      if (!this.questions.delete(id)) return;
      this.host.world.ledger.alive(key);
      work.outlet.send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } }));
      then();
    });
  }

  private response(message: WireMessage, session: ServerSession): void {
    const id = typeof message.id === 'number' ? message.id : -1;
    const question = this.questions.get(id);
    if (!question) return;
    const { world, pid } = this.host;
    const answered = textOf(recordOf(recordOf(message.result)['content'])['about']);
    if (answered !== null && answered !== question.key)
      world.fail('wrong-question', `process ${pid} asked about ${question.key} and got the answer about ${answered}`);
    if (session !== question.session)
      world.fail('wrong-question', `process ${pid} got the answer about ${question.key} from another session`);
    this.questions.delete(id);
    question.answered(message.result !== undefined);
  }

  private notification(message: WireMessage, session: ServerSession): void {
    if (message.method === 'notifications/initialized') session.initialized = true;
    if (message.method !== 'notifications/cancelled') return;
    const work = this.working.get(markOf(session, recordOf(message.params)['requestId']));
    if (!work) return;
    work.cancelled = true;
    this.gone(work);
  }

  /** A cancelled request is given up without an answer, by a server that obeys. */
  private gone(work: Work): boolean {
    if (!this.working.has(work.mark)) return true;
    if (!this.host.random.chance(this.of.obeysCancel)) return false;
    this.working.delete(work.mark);
    return true;
  }

  private executed(work: Work, safe: boolean): void {
    if (work.key !== null) this.host.world.ledger.executed(work.key, this.host.pid, safe);
  }

  private answer(work: Work, result: object): void {
    if (!this.working.delete(work.mark)) return;
    work.outlet.send(JSON.stringify({ jsonrpc: '2.0', id: work.id, result }));
  }

  private refuse(work: Work, code: number, message: string): void {
    if (!this.working.delete(work.mark)) return;
    work.outlet.send(JSON.stringify({ jsonrpc: '2.0', id: work.id, error: { code, message } }));
  }
}

/** The key of a request; null where Holdfast asks in its own name. */
function keyOf(message: WireMessage): string | null {
  return textOf(recordOf(recordOf(message.params)['_meta'])['key']);
}

function markOf(session: ServerSession, id: unknown): string {
  return `${session.id} ${JSON.stringify(id)}`;
}
