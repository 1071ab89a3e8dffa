import type { IncomingMessage } from 'node:http';
import { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { AskedLine } from './asked-line.ts';
import type { ByteBudget } from './byte-budget.ts';
import { answeredBy, refusedAs, refusedBy } from './client-errors.ts';
import type { GatewayLink } from './gateway-link.ts';
import { codeOf, isEventStream, MOST_ANSWER_BYTES, readEvents, readWhole } from './http-body.ts';
import type { LegacySession } from './legacy-session.ts';
import type { Outlet } from './outlet.ts';
import { pause } from './pause.ts';
import { postHeaders } from './post-headers.ts';
import type { ServerStream } from './server-stream.ts';

/** Between two tries of what was answered with 503, ms. */
const BUSY_PAUSE_MS = 1_000;
/** `server/discover` is asked for so long while the server is away, ms: any error would make the client take it for one of an older era. */
const DISCOVER_MS = 60_000;
/** A session is begun anew so often for one request. */
const MOST_RENEWALS = 2;

/** How to go on: `post` sends it, `resume` asks for the rest of its broken answer. */
type Step = { readonly kind: 'post' } | { readonly kind: 'resume'; readonly after: string } | { readonly kind: 'done' };
const POST: Step = { kind: 'post' };
const DONE: Step = { kind: 'done' };

export interface ExchangeHost {
  readonly link: GatewayLink;
  readonly outlet: Outlet;
  readonly session: LegacySession;
  readonly serverStream: ServerStream;
  /** Of answers that are read and not yet written. */
  readonly budget: ByteBudget;
}

/** One line of the client that wants an answer, until it has it: through broken connections, dead daemons, forgotten sessions. */
export class Exchange {
  readonly asked: AskedLine;
  private readonly host: ExchangeHost;
  private readonly waiting: Map<string, Uint8Array>;
  private readonly leaving = new AbortController();
  private readonly since = performance.now();
  private isConnected = false;
  private isCancelled = false;
  private renewals = 0;

  constructor(asked: AskedLine, host: ExchangeHost) {
    this.asked = asked;
    this.host = host;
    this.waiting = new Map(asked.ids);
  }

  /** Resolves when nothing waits any more. Never rejects. @param before what has to be done first */
  async run(before: Promise<void>): Promise<void> {
    await before;
    let step: Step = POST;
    while (step.kind !== 'done' && this.wantsAnswer()) step = step.kind === 'post' ? await this.post() : await this.resume(step.after);
  }

  /**
   * The client does not wait any more. @returns whether the gateway has to be told: in the older eras, where it has the request. In the
   * newer one the end of the connection says it.
   */
  cancel(): boolean {
    this.isCancelled = true;
    const tell = this.asked.era === 'legacy' && this.isConnected;
    if (!tell) this.leave();
    return tell;
  }

  /** Gives it up without a word. */
  leave(): void {
    this.waiting.clear();
    this.leaving.abort();
  }

  private wantsAnswer(): boolean {
    return this.waiting.size > 0;
  }

  private async post(): Promise<Step> {
    const { link, session } = this.host;
    const usedSession = session.id;
    const own = this.asked.era === 'modern' ? this.asked.headers : this.asked.method === 'initialize' ? {} : session.headers();
    const call = { method: 'POST', headers: { ...postHeaders, ...own }, body: this.asked.body, signal: this.leaving.signal } as const;
    const delivery = await link.deliver(call, () => (this.isConnected = true));
    if (delivery.kind === 'aborted') return DONE;
    if (delivery.kind === 'failed') return this.fail(delivery.error);
    return delivery.kind === 'broken' ? this.afterBreak(null) : this.read(delivery.response, usedSession);
  }

  /** The daemon is not started for it: one that died knows no more about the answer than this. */
  private async resume(after: string): Promise<Step> {
    const { link, session } = this.host;
    const usedSession = session.id;
    const headers = { ...session.headers(), accept: 'text/event-stream', 'last-event-id': after };
    const outcome = await link.whereItRuns({ method: 'GET', headers, body: null, signal: this.leaving.signal });
    if (outcome.kind === 'aborted') return DONE;
    if (outcome.kind === 'answer' && isEventStream(outcome.response)) return this.read(outcome.response, usedSession);
    if (outcome.kind === 'answer') outcome.response.resume();
    return this.fail(lost());
  }

  private async read(response: IncomingMessage, usedSession: string | null): Promise<Step> {
    if (isEventStream(response)) return this.readStream(response);
    const { outlet, budget } = this.host;
    const giveBack = await budget.take(Number(response.headers['content-length'] ?? MOST_ANSWER_BYTES));
    try {
      return await this.take(response, await readWhole(response), usedSession);
    } finally {
      await outlet.ready();
      giveBack();
    }
  }

  private async take(response: IncomingMessage, body: Uint8Array | null, usedSession: string | null): Promise<Step> {
    if (!this.wantsAnswer()) return DONE;
    if (body === null) return this.afterBreak(null);
    if (body.length > MOST_ANSWER_BYTES) return this.fail(tooLarge());
    const status = response.statusCode ?? 0;
    if (status === 404 && this.asked.era === 'legacy' && codeOf(body) === 'HF_SESSION_UNKNOWN') return this.renewed(usedSession, body);
    if (status === 503 && this.asked.method === 'server/discover' && performance.now() - this.since < DISCOVER_MS) {
      await pause(BUSY_PAUSE_MS, this.leaving.signal);
      return POST;
    }
    if (status === 200) {
      if (this.asked.method === 'initialize') this.host.session.begun(this.asked.body, response, body);
      this.host.outlet.write(body);
    } else for (const line of refusedBy(body, status, this.waiting)) this.host.outlet.write(line);
    this.waiting.clear();
    return DONE;
  }

  private async readStream(response: IncomingMessage): Promise<Step> {
    const { outlet } = this.host;
    let lastId: string | null = null;
    let isTooLong = false;
    const event = ({ id, data }: { id: string | undefined; data: Uint8Array | undefined }): void => {
      if (id !== undefined && id !== '') lastId = id;
      if (data === undefined || data.length === 0) return;
      for (const key of answeredBy(data)) this.waiting.delete(key);
      outlet.write(data);
    };
    await readEvents(response, { event, tooLong: () => (isTooLong = true) }, () => outlet.ready());
    if (isTooLong && this.wantsAnswer()) return this.fail(tooLarge());
    return this.wantsAnswer() ? this.afterBreak(lastId) : DONE;
  }

  private afterBreak(lastId: string | null): Step {
    if (this.isCancelled) return DONE;
    if (lastId !== null && this.asked.era === 'legacy') return { kind: 'resume', after: lastId };
    return this.asked.repeatable ? POST : this.fail(lost());
  }

  private async renewed(usedSession: string | null, body: Uint8Array): Promise<Step> {
    this.renewals += 1;
    const error = this.renewals > MOST_RENEWALS ? null : await this.host.serverStream.renewSession(usedSession, this.leaving.signal);
    if (error === null && this.renewals <= MOST_RENEWALS) return POST;
    if (error !== null) return this.fail(error);
    for (const line of refusedBy(body, 404, this.waiting)) this.host.outlet.write(line);
    return DONE;
  }

  private fail(error: HoldfastError): Step {
    for (const line of refusedAs(error, this.waiting, this.asked.isBatch)) this.host.outlet.write(line);
    this.waiting.clear();
    return DONE;
  }
}

function lost(): HoldfastError {
  return new HoldfastError('HF_DAEMON_RESTARTED', {
    what: 'The connection to Holdfast broke while the request was in flight; it may have been executed and was not repeated',
    data: { mayHaveExecuted: true },
  });
}

function tooLarge(): HoldfastError {
  return new HoldfastError('HF_BAD_ANSWER', { what: 'The answer is too large to be passed on in one line; the request was executed' });
}
