import { resultResponse } from '../../mcp/jsonrpc.ts';
import type { Message } from '../../mcp/message.ts';
import { withoutTaskSupport } from '../../mcp/tools-list.ts';
import type { ServingState } from '../ports/gateway.ts';
import type { Session } from '../session/session.ts';
import type { SessionTable } from '../session/session-table.ts';
import { HttpUpstream } from '../upstream/http-upstream.ts';
import { StdioUpstream } from '../upstream/stdio-upstream.ts';
import type { OpenedSession, Upstream, UpstreamContext } from '../upstream/upstream.ts';
import type { Exchange } from './exchange.ts';
import { defaultHoldLimits, HoldQueue } from './hold-queue.ts';
import { Lane } from './lane.ts';
import { ListCache } from './list-cache.ts';
import type { RelayPorts } from './relay-ports.ts';
import type { RelaySettings } from './relay-settings.ts';
import type { Unit } from './unit.ts';

/** A server without its pipes is useless even when it lives on, ms. */
const LOST_AFTER_MS = 500;

/** What units need from the relay that they belong to. */
export interface UnitsHost {
  open(x: Exchange, opened: OpenedSession): void;
  end(session: Session, why: string): void;
  listChanged(method: string, sessions: Iterable<Session>): void;
  toStream(session: Session, message: Uint8Array, needsAnswer: boolean): boolean;
}

/** The units of one workload: one for all its clients, or one for each session. */
export class Units {
  readonly cache = new ListCache();
  private settings: RelaySettings;
  private readonly ports: RelayPorts;
  private readonly sessions: SessionTable;
  private readonly host: UnitsHost;
  private readonly all = new Map<string | null, Unit>();
  /** What the control loop says of the workload as a whole. */
  private workloadState: ServingState = { kind: 'hold', nextStartAt: null };

  constructor(settings: RelaySettings, ports: RelayPorts, sessions: SessionTable, host: UnitsHost) {
    this.settings = settings;
    this.ports = ports;
    this.sessions = sessions;
    this.host = host;
    if (settings.way !== 'stdio-isolated') this.make(null, null);
  }

  values(): Iterable<Unit> {
    return this.all.values();
  }

  get inFlight(): number {
    let count = 0;
    for (const unit of this.all.values()) count += unit.lane.inFlight;
    return count;
  }

  configure(settings: RelaySettings): void {
    this.settings = settings;
    for (const unit of this.all.values()) unit.lane.configure(settings);
  }

  find(id: string | null): Unit | null {
    return this.all.get(id) ?? null;
  }

  /** The unit that serves a session; made, and a backend asked for, where an isolated session has none. Null = too many of them. */
  forSession(session: Session): Unit | null {
    if (this.settings.way !== 'stdio-isolated') return this.all.get(null) ?? null;
    const existing = this.all.get(session.id);
    if (existing) {
      // Refused once, when it was stopped or when there were too many: that may be over.
      if (existing.lane.state.kind === 'refuse' && this.workloadState.kind !== 'refuse')
        this.ports.events.needBackend(this.settings.workload, session.id);
      return existing;
    }
    if (this.all.size >= this.settings.maxSessions) this.releaseAbandoned();
    if (this.all.size >= this.settings.maxSessions) return null;
    const unit = this.make(session.id, session);
    if (this.workloadState.kind === 'refuse') unit.lane.set(this.workloadState);
    else this.ports.events.needBackend(this.settings.workload, session.id);
    return unit;
  }

  state(id: string | null, state: ServingState): void {
    if (id === null) this.workloadState = state;
    if (id !== null || this.settings.way !== 'stdio-isolated') return this.all.get(id)?.lane.set(state);
    if (state.kind === 'refuse') for (const unit of this.all.values()) unit.lane.set(state);
  }

  /** An isolated session is over, or idle: its process may go. */
  release(id: string): void {
    const unit = this.all.get(id);
    if (!unit) return;
    this.all.delete(id);
    unit.upstream.close();
    unit.lane.dispose();
    this.ports.events.releaseBackend(this.settings.workload, id);
  }

  /** Makes room: a unit whose client was refused, or left, before its `initialize` was answered serves nobody. */
  private releaseAbandoned(): void {
    for (const { id, session, lane } of Array.from(this.all.values()))
      if (id !== null && session?.protocolVersion === '' && lane.inFlight === 0 && lane.waiting === 0) this.release(id);
  }

  /** @param goesOn as in `Upstream` */
  close(goesOn = false): void {
    for (const unit of this.all.values()) {
      unit.upstream.close(goesOn);
      unit.lane.dispose();
    }
    this.all.clear();
  }

  private make(id: string | null, session: Session | null): Unit {
    const { ports, sessions, settings, host } = this;
    const ofUnit = (): Iterable<Session> => (session ? (session.ended ? [] : [session]) : sessions.values());
    let upstream: Upstream | null = null;
    const way = (): Upstream => {
      if (!upstream) throw new Error('a unit was used before it was made');
      return upstream;
    };
    const lane = new Lane(
      settings,
      {
        deliver: (x) => way().deliver(x),
        cancel: (x, reason) => way().cancel(x, reason),
        release: (x) => way().release(x),
        answerFromCache: (x) => (x.method === 'initialize' ? way().answerInitialize(x) : this.answerList(way(), lane, x)),
        wasRepeatable: (x) => x.name !== null && this.cache.toolIsSafe(way().view(x), x.name, x.generation) === true,
        mayRepeatCall: (x, answer) => this.mayRepeat(way(), lane, x, answer),
        cutOff: (x) => {
          if (x.session) ports.events.cutOff(settings.workload, x.session.id, x.session.clientKey);
          else if (x.clientKey !== null) ports.events.cutOff(settings.workload, null, x.clientKey);
        },
      },
      ports.clock,
      new HoldQueue(defaultHoldLimits, ports.budget),
    );
    const context: UpstreamContext = {
      workload: settings.workload,
      clock: ports.clock,
      log: ports.log,
      cache: this.cache,
      lane,
      sessions: ofUnit,
      mayOutlive: () => this.settings.mayOutlive,
      workingIn: (generation) => sessions.workingIn(generation),
      openSession: (x, opened) => host.open(x, opened),
      sessionChanged: (changed) => sessions.save(changed),
      endSession: (ended, why) => host.end(ended, why),
      cutOff: (cut) => ports.events.cutOff(settings.workload, cut.id, cut.clientKey),
      listChanged: (method, affected) => host.listChanged(method, affected),
      toStream: (target, message, needsAnswer = false) => host.toStream(target, message, needsAnswer),
      connectionLost: (generation, why) => this.connectionLost(id, generation, why),
      connectionDoubted: (generation) => ports.events.connectionDoubted(settings.workload, id, generation),
    };
    upstream =
      settings.way === 'http' ? new HttpUpstream(context, ports.http) : new StdioUpstream(context, id === null ? 'shared' : 'isolated');
    const unit = { id, lane, upstream, session };
    this.all.set(id, unit);
    return unit;
  }

  /** Pipes break when a process dies, and the news of its death, which says how, is the better one: it gets a moment to arrive. */
  private connectionLost(id: string | null, generation: number, why: string): void {
    this.ports.clock.after(LOST_AFTER_MS, () => {
      const lane = this.all.get(id)?.lane;
      if (lane?.generation === generation && lane.state.kind === 'ready')
        this.ports.events.connectionLost(this.settings.workload, id, generation, why);
    });
  }

  private answerList(upstream: Upstream, lane: Lane, x: Exchange): boolean {
    const result = this.cache.find(upstream.view(x), x.method, cursorOf(x.message));
    if (!result) return false;
    lane.answered(x);
    const isShared = this.settings.way === 'stdio-shared' && x.method === 'tools/list';
    x.answer.final(resultResponse(x.idBytes, isShared ? withoutTaskSupport(result) : result));
    return true;
  }

  private mayRepeat(upstream: Upstream, lane: Lane, x: Exchange, answer: (allowed: boolean) => void): void {
    const ask = (): boolean | null => this.cache.toolIsSafe(upstream.view(x), x.name ?? '', lane.generation);
    const known = ask();
    if (known !== null) return answer(known);
    upstream.survey(x, () => answer(ask() === true));
  }
}

function cursorOf(message: Message): string | null {
  return message.text('params.cursor') ?? null;
}
