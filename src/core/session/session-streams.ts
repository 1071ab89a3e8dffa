import { encodeComment, encodeRetry } from '../../mcp/event-writer.ts';
import { resourceUpdated } from '../../mcp/jsonrpc.ts';
import { primesStreams } from '../../mcp/revisions.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventSink, Reply } from '../ports/reply.ts';
import { OutStream, parseEventId } from './out-stream.ts';
import type { Session } from './session.ts';

/** A comment is sent on every open stream this often: clients and proxies end silent connections, ms. */
const KEEP_ALIVE_MS = 15_000;
/** How long a client should wait before it opens its stream again, ms. */
const RETRY_MS = 5_000;
/** How the name of a stream ends that a GET without `Last-Event-ID` opened. */
const STANDALONE = 's';

/** How long the answer of a finished stream is kept for a client that lost its connection just then, ms. */
const FINISHED_KEPT_MS = 300_000;
/** Finished streams that are kept for one session. */
const MOST_FINISHED = 16;

/** Streams of one session that the journal knows of, those of earlier daemons that nobody came back for included. */
const MOST_PRIMED = 64;

/** What a GET with `Last-Event-ID` means. */
export type Resumption =
  | { readonly kind: 'resume'; readonly stream: OutStream; readonly after: number }
  /** It belonged to a request that was in flight when Holdfast itself died. */
  | { readonly kind: 'daemon-restarted'; readonly stream: string; readonly requestId: string }
  | { readonly kind: 'standalone'; readonly after: number | null }
  | { readonly kind: 'finished' };

/** Makes, finds and keeps alive the event streams of the sessions of one workload. */
export class SessionStreams {
  private readonly epoch: string;
  private readonly clock: Clock;
  private readonly saved: (session: Session) => Promise<void>;
  private readonly alive = new Set<OutStream>();
  /** Streams of earlier daemons whose end this one has told: what `primed` of a session holds. */
  private readonly told = new WeakSet<object>();
  private count = 0;
  private stopTimer: (() => void) | null = null;

  /** @param epoch tells the streams of this Holdfast from those of its predecessors: [0-9a-z]+ */
  constructor(epoch: string, clock: Clock, saved: (session: Session) => Promise<void>) {
    this.epoch = epoch;
    this.clock = clock;
    this.saved = saved;
  }

  /** The answer of a POST becomes a stream. Primed, and in the journal, where the revision has it. */
  openForRequest(session: Session | null, requestId: string, reply: Reply): OutStream {
    this.count += 1;
    const name = `${this.epoch}.${this.count}`;
    const stream = new OutStream(session ? name : null);
    const sink = reply.events();
    if (session) {
      session.streams ??= new Map();
      session.streams.set(name, stream);
    }
    if (!session || !primesStreams(session.protocolVersion)) {
      this.carry(stream, sink);
      return stream;
    }
    stream.prime();
    session.primed = [...session.primed.slice(1 - MOST_PRIMED), { stream: name, requestId }];
    // A client that has the id comes back for the answer, whatever becomes of Holdfast: the journal must know of it before.
    void this.saved(session).then(() => {
      sink.write(encodeRetry(RETRY_MS));
      this.carry(stream, sink);
    });
    return stream;
  }

  /**
   * The answer was sent. It is kept for a while: a connection that breaks now takes with it what was on its way. So long the journal knows
   * of it too: should Holdfast die, a client that did not get its answer learns what became of it.
   */
  closeForRequest(session: Session | null, stream: OutStream): void {
    if (!session || stream.name === null) return;
    stream.finishedAt = this.clock.monotonic();
    this.forgetFinished(session);
  }

  /** Opens the session's own stream, or puts a new connection under it. */
  openStandalone(session: Session, reply: Reply, after: number | null): void {
    const sink = reply.events();
    sink.write(encodeRetry(RETRY_MS));
    if (!session.standalone) {
      // Never a name that the session knew before it was parked: its events would seem to be known already.
      this.count += 1;
      session.standalone = new OutStream(`${this.epoch}.${this.count}${STANDALONE}`);
    }
    session.standalone.attach(sink, after);
    this.keepAlive(session.standalone);
    if (session.missedUpdates) for (const uri of session.subscriptions) session.standalone.message(resourceUpdated(uri));
    session.missedUpdates = false;
  }

  resumption(session: Session, lastEventId: string): Resumption {
    const parsed = parseEventId(lastEventId);
    if (!parsed) return { kind: 'finished' };
    const stream = session.streams?.get(parsed.stream);
    if (stream) return stream.finished && !stream.hasAfter(parsed.n) ? { kind: 'finished' } : { kind: 'resume', stream, after: parsed.n };
    const primed = session.primed.find((entry) => entry.stream === parsed.stream);
    if (primed) return this.ofEarlierDaemon(session, primed);
    if (!parsed.stream.endsWith(STANDALONE)) return { kind: 'finished' };
    return { kind: 'standalone', after: session.standalone?.name === parsed.stream ? parsed.n : null };
  }

  /**
   * Its end is told once, since a client that is told again asks for ever. The journal forgets it only when the client comes back after
   * that: should this daemon die while the answer is on its way, the next one tells it.
   */
  private ofEarlierDaemon(session: Session, primed: Session['primed'][number]): Resumption {
    if (!this.told.has(primed)) {
      this.told.add(primed);
      return { kind: 'daemon-restarted', ...primed };
    }
    session.primed = session.primed.filter((entry) => entry !== primed);
    void this.saved(session);
    return { kind: 'finished' };
  }

  resume(stream: OutStream, after: number, reply: Reply): void {
    stream.attach(reply.events(), after);
    if (!stream.finished) this.keepAlive(stream);
  }

  /** Frees finished streams of the session that nobody came back for in time, and the oldest of too many. */
  forgetFinished(session: Session): void {
    const { streams } = session;
    if (!streams) return;
    const oldest = this.clock.monotonic() - FINISHED_KEPT_MS;
    const finished = [...streams.values()].filter((stream) => stream.finishedAt !== null);
    finished.sort((a, b) => (a.finishedAt ?? 0) - (b.finishedAt ?? 0));
    const gone = new Set<string>();
    for (const [index, { name, finishedAt }] of finished.entries()) {
      const isTooOld = finishedAt !== null && finishedAt <= oldest;
      if (name !== null && (isTooOld || index < finished.length - MOST_FINISHED)) gone.add(name);
    }
    if (gone.size === 0) return;
    for (const name of gone) streams.delete(name);
    if (streams.size === 0) session.streams = null;
    const primed = session.primed.filter(({ stream }) => !gone.has(stream));
    if (primed.length === session.primed.length) return;
    session.primed = primed;
    void this.saved(session);
  }

  /** The session ended: its streams too. */
  endAll(session: Session): void {
    session.standalone?.disconnect();
    for (const stream of session.streams?.values() ?? []) stream.disconnect();
  }

  dispose(): void {
    this.stopTimer?.();
  }

  private carry(stream: OutStream, sink: EventSink): void {
    stream.attach(sink, null);
    if (!stream.finished) this.keepAlive(stream);
  }

  private keepAlive(stream: OutStream): void {
    this.alive.add(stream);
    this.stopTimer ??= this.clock.after(KEEP_ALIVE_MS, () => this.beat());
  }

  private beat(): void {
    const comment = encodeComment('keep-alive');
    for (const stream of this.alive) {
      if (stream.connected) stream.raw(comment);
      else this.alive.delete(stream);
    }
    this.stopTimer = this.alive.size > 0 ? this.clock.after(KEEP_ALIVE_MS, () => this.beat()) : null;
  }
}
