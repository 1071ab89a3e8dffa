import { copied } from '../../lib/copied.ts';
import { INITIALIZED, readInitializeResult } from '../../mcp/initialize.ts';
import { resourceUpdated } from '../../mcp/jsonrpc.ts';
import { isLegacyRevision } from '../../mcp/revisions.ts';
import { HoldfastError } from '../errors/holdfast-error.ts';
import type { HeaderList } from '../ports/reply.ts';
import type { Exchange } from '../relay/exchange.ts';
import type { Session } from '../session/session.ts';
import { ask, type HttpAnswer, HttpFailure, headerText } from './http-answer.ts';
import type { HttpGeneration } from './http-generation.ts';
import { sessionHeaders } from './http-session.ts';
import type { OwnIds } from './own-ids.ts';
import type { UpstreamContext } from './upstream.ts';

/** Sessions that are restored at the same time (`sessions.md`). */
const MOST_AT_ONCE = 16;
/** How long the stream's headers are waited for before requests go on, ms. */
const STREAM_WAIT_MS = 100;
const encoder = new TextEncoder();

export interface ResumeHost {
  resumed(session: Session): void;
  /** Opens the backend's event stream for the session; resolves with its headers, or when there will be none. */
  openStream(session: Session, generation: HttpGeneration): Promise<void>;
  /** Headers of the session's open GET: its authorization serves where no request waits. */
  streamHeaders(session: Session): HeaderList;
  unreachable(): void;
}

interface Run {
  readonly session: Session;
  readonly generation: HttpGeneration;
  /** Headers of the request that needs it: its authorization is used, and not stored. */
  headers: HeaderList;
  readonly waiting: Exchange[];
  readonly after: (() => void)[];
}

/**
 * Restores what a new generation does not know of a session, once, however many requests wait for it:
 * `initialize` → `initialized` → GET stream → log level → subscriptions → the requests, in order of arrival.
 */
export class HttpResume {
  private readonly context: UpstreamContext;
  private readonly ids: OwnIds;
  private readonly host: ResumeHost;
  private readonly runs = new Map<Session, Run>();
  private readonly queue: Run[] = [];
  private running = 0;

  constructor(context: UpstreamContext, ids: OwnIds, host: ResumeHost) {
    this.ids = ids;
    this.context = context;
    this.host = host;
  }

  isRunning(session: Session): boolean {
    return this.runs.has(session);
  }

  /** Lets a request (or nothing, for a stream alone) wait for the session. */
  wait(session: Session, x: Exchange | null, generation: HttpGeneration, after?: () => void): void {
    let run = this.runs.get(session);
    if (!run) {
      run = { session, generation, headers: x?.headers ?? this.host.streamHeaders(session), waiting: [], after: [] };
      this.runs.set(session, run);
      this.queue.push(run);
    }
    if (x) {
      run.waiting.push(x);
      if (!('authorization' in run.headers)) run.headers = x.headers;
    }
    if (after) run.after.push(after);
    this.next();
  }

  /** The backend died: everything that waited is held again, by its lane. */
  generationEnded(): void {
    const runs = [...this.runs.values()];
    this.runs.clear();
    this.queue.length = 0;
    for (const run of runs) this.giveBack(run);
  }

  forget(session: Session): void {
    this.runs.delete(session);
  }

  private next(): void {
    while (this.running < MOST_AT_ONCE) {
      const run = this.queue.shift();
      if (!run) return;
      this.running += 1;
      void this.execute(run).finally(() => {
        this.running -= 1;
        this.next();
      });
    }
  }

  private async execute(run: Run): Promise<void> {
    try {
      await this.restore(run);
    } catch (error) {
      return this.failed(run, error);
    }
    if (this.runs.get(run.session) !== run) return;
    this.runs.delete(run.session);
    this.host.resumed(run.session);
    for (const x of run.waiting) if (x.phase !== 'done') this.context.lane.handOver(x);
    for (const after of run.after) after();
  }

  private async restore(run: Run): Promise<void> {
    const { session, generation } = run;
    const { connection } = generation;
    session.backend = null;
    const initialize = `{"jsonrpc":"2.0","id":${this.ids.next()},"method":"initialize","params":${session.initializeParams}}`;
    const answer = await this.post(run, initialize);
    const result = answer.response?.range('result');
    const read = answer.response && result ? readInitializeResult(copied(answer.response.bytes, result.start, result.end)) : null;
    if (!read) throw refused(this.context.workload, answer);
    if (!this.isCurrent(run)) return;
    if (!isLegacyRevision(read.protocolVersion)) throw versionLost(this.context.workload, read.protocolVersion);
    session.backend = {
      sessionId: headerText(answer.headers, 'mcp-session-id') || null,
      protocolVersion: read.protocolVersion,
      generation: generation.generation,
    };
    session.doubted = false;
    if (session.initialized) {
      await ask(
        connection,
        {
          method: 'POST',
          headers: sessionHeaders(session, run.headers),
          body: encoder.encode(INITIALIZED),
          longLived: false,
        },
        this.context.clock,
      );
    }
    if (session.standalone) await this.openStream(session, generation);
    if (session.logLevel !== null) await this.tell(run, 'logging/setLevel', { level: session.logLevel });
    for (const uri of session.subscriptions) {
      await this.tell(run, 'resources/subscribe', { uri });
      this.context.toStream(session, resourceUpdated(uri));
    }
    if (this.isCurrent(run)) this.context.sessionChanged(session);
  }

  private async openStream(session: Session, generation: HttpGeneration): Promise<void> {
    await Promise.race([
      this.host.openStream(session, generation),
      new Promise<void>((resolve) => {
        this.context.clock.after(STREAM_WAIT_MS, resolve);
      }),
    ]);
  }

  private tell(run: Run, method: string, params: Record<string, string>): Promise<HttpAnswer> {
    return this.post(run, `{"jsonrpc":"2.0","id":${this.ids.next()},"method":"${method}","params":${JSON.stringify(params)}}`);
  }

  private post(run: Run, json: string): Promise<HttpAnswer> {
    return ask(
      run.generation.connection,
      {
        method: 'POST',
        headers: sessionHeaders(run.session, run.headers),
        body: encoder.encode(json),
        longLived: false,
      },
      this.context.clock,
    );
  }

  private failed(run: Run, error: unknown): void {
    if (this.runs.get(run.session) !== run) return;
    this.runs.delete(run.session);
    run.session.backend = null;
    if (error instanceof HttpFailure) {
      this.giveBack(run);
      return this.host.unreachable();
    }
    const failure = error instanceof HoldfastError ? error : new HoldfastError('HF_INTERNAL', { what: String(error), cause: error });
    this.context.log.warn('a session could not be resumed', { session: run.session.id.slice(0, 8), error: failure.message });
    for (const x of run.waiting) this.context.lane.fail(x, failure, x.repeated);
    if (run.waiting.length > 0) this.context.cutOff(run.session);
    if (failure.code === 'HF_VERSION_LOST') this.context.endSession(run.session, failure.message);
    for (const after of run.after) after();
  }

  private giveBack(run: Run): void {
    for (const x of run.waiting) this.context.lane.undelivered(x);
    for (const after of run.after) after();
  }

  private isCurrent(run: Run): boolean {
    return this.runs.get(run.session) === run;
  }
}

function versionLost(workload: string, version: string): HoldfastError {
  return new HoldfastError('HF_VERSION_LOST', {
    what: `The restarted server ${workload} speaks ${version}, which this session's client cannot`,
  });
}

function refused(workload: string, answer: HttpAnswer): HoldfastError {
  const why = answer.response?.text('error.message') ?? `HTTP ${answer.status}`;
  return new HoldfastError('HF_BAD_ANSWER', { what: `The restarted server ${workload} did not accept the session's initialize`, why });
}
