import { PassingSet } from '../../lib/passing-set.ts';
import { resultResponse } from '../../mcp/jsonrpc.ts';
import { primesStreams } from '../../mcp/revisions.ts';
import type { HoldfastError } from '../errors/holdfast-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { ServingState, Verdict } from '../ports/gateway.ts';
import type { ExitRecord } from '../workload/exit.ts';
import type { Exchange } from './exchange.ts';
import { sendFailure } from './failure.ts';
import type { HoldQueue } from './hold-queue.ts';
import type { LaneEffects, LaneSettings } from './lane-effects.ts';
import {
  CACHE_AFTER_MS,
  FLIGHT_TICK_MS,
  HELD_TICK_MS,
  PRIME_AFTER_MS,
  REPEAT_WITHIN_MS,
  REQUEST_LIMIT_MS,
  STREAM_AFTER_MS,
} from './lane-times.ts';
import { backendLost, holdExpired, holdFull, requestTimedOut, restartTooLate } from './reasons.ts';

/**
 * The way to one backend and its successors: holds requests while there is none, knows what is in flight, and decides when a generation
 * is lost what is repeated, held or failed. No I/O; time comes from the clock that it is given. (`sessions.md` has the rules.)
 */
export class Lane {
  private settings: LaneSettings;
  private readonly effects: LaneEffects;
  private readonly clock: Clock;
  private readonly held: HoldQueue;
  private readonly flying = new PassingSet<Exchange>();
  /** Those that wait although a backend is there: for their session, or for the word that they may be repeated. */
  private readonly preparing = new PassingSet<Exchange>();
  private serving: ServingState = { kind: 'hold', nextStartAt: null };
  private current = 0;
  private lastExit: ExitRecord | null = null;
  private stopTimer: (() => void) | null = null;

  constructor(settings: LaneSettings, effects: LaneEffects, clock: Clock, held: HoldQueue) {
    this.settings = settings;
    this.effects = effects;
    this.clock = clock;
    this.held = held;
  }

  get state(): ServingState {
    return this.serving;
  }

  /** The generation that is ready or was last; 0 before the first. */
  get generation(): number {
    return this.current;
  }

  get inFlight(): number {
    return this.flying.size;
  }

  get waiting(): number {
    return this.held.size;
  }

  configure(settings: LaneSettings): void {
    this.settings = settings;
  }

  /** A new request. */
  arrive(x: Exchange): void {
    if (this.serving.kind === 'ready') return this.hand(x);
    if (this.serving.kind === 'refuse') return this.refuse(x, this.serving.error);
    this.hold(x);
  }

  /** Handed to a socket or pipe: from now on it may have been executed. */
  delivered(x: Exchange): void {
    if (x.phase === 'done') return;
    this.held.delete(x);
    this.preparing.delete(x);
    x.phase = 'delivered';
    x.generation = this.current;
    x.deliveredAt = this.clock.monotonic();
    x.aliveAt = x.deliveredAt;
    x.releaseBody();
    this.flying.add(x);
    if (this.stopTimer === null) this.schedule();
  }

  /** It could not be handed over, and not one byte was taken: it waits again. */
  undelivered(x: Exchange): void {
    this.flying.delete(x);
    if (x.phase === 'done') return;
    if (x.cancelled || !x.answer.wanted) return this.drop(x);
    if (this.serving.kind === 'refuse') return this.refuse(x, this.serving.error);
    this.hold(x);
  }

  /** Progress or another sign of life. */
  alive(x: Exchange): void {
    x.aliveAt = this.clock.monotonic();
  }

  /** The backend answered, or somebody else did. */
  answered(x: Exchange): void {
    x.phase = 'done';
    this.flying.delete(x);
    this.held.delete(x);
    this.preparing.delete(x);
    x.session?.forget(x);
  }

  /** The client sent `notifications/cancelled`. Held: its POST ends without an answer. Delivered: the backend decides, and it is never repeated. */
  cancel(x: Exchange, reason: string): void {
    if (x.phase === 'done') return;
    x.cancelled = true;
    if (x.phase !== 'delivered') return this.drop(x);
    this.effects.cancel(x, reason);
  }

  /** The client's connection closed. What still waits is never run late; what was delivered goes on, and so does a stream. */
  gone(x: Exchange): void {
    if (!x.answer.streaming && x.phase !== 'delivered') this.drop(x);
  }

  /** What it waited for is there: on to the backend, or back to the queue. */
  handOver(x: Exchange): void {
    if (x.phase === 'done') return;
    if (x.cancelled || !x.answer.wanted) return this.drop(x);
    this.arrive(x);
  }

  /** The client's connection closed, and that is how its revision cancels (2026-07-28). */
  abandon(x: Exchange): void {
    if (x.phase === 'delivered') this.effects.cancel(x, 'the client disconnected');
    this.drop(x);
  }

  /** The backend proved that it did not execute a delivered request: it may be handed over again. */
  returned(x: Exchange): void {
    this.flying.delete(x);
    if (x.phase === 'done') return;
    if (x.cancelled || !x.answer.wanted) return this.drop(x);
    this.prepare(x);
  }

  /** A generation is ready. Everything that waits goes to it in order of arrival. */
  ready(generation: number): void {
    this.current = generation;
    this.serving = { kind: 'ready' };
    for (const x of this.held.takeAll()) this.release(x);
    this.schedule();
  }

  /** The control loop's view changed. `ready` is only ever set by `ready()`. */
  set(state: ServingState): void {
    if (state.kind === 'ready') return;
    this.serving = state;
    if (state.kind === 'refuse') {
      for (const x of this.held.takeAll()) this.refuse(x, state.error);
      return;
    }
    for (const x of this.held.takeAll()) this.hold(x);
  }

  /** A generation died: sorts what was in it. Requests that only prepared are held. */
  lost(generation: number, verdict: Verdict): void {
    if (generation !== this.current) return;
    this.lastExit = verdict.exit;
    if (this.serving.kind === 'ready') this.serving = { kind: 'hold', nextStartAt: verdict.nextStartAt };
    for (const x of this.flying.values()) this.loseOne(x, verdict.exit);
  }

  /** One delivered request lost its connection, whatever became of the backend. */
  loseOne(x: Exchange, exit: ExitRecord | null): void {
    this.flying.delete(x);
    if (x.phase === 'done') return;
    if (x.cancelled || !x.answer.wanted) return this.drop(x);
    const inTime = this.clock.monotonic() < x.arrivedAt + REPEAT_WITHIN_MS;
    if (this.settings.repeat && inTime && x.repeatable && (!x.needsAnnotations || this.effects.wasRepeatable(x))) {
      x.repeated = true;
      if (this.serving.kind === 'ready') return this.release(x);
      if (this.serving.kind === 'refuse') return this.fail(x, backendLost(this.settings.workload, x.method, x.name, exit), true, exit);
      return this.hold(x);
    }
    this.fail(x, backendLost(this.settings.workload, x.method, x.name, exit), true, exit);
  }

  /** Ends a request with an error of ours. */
  fail(x: Exchange, error: HoldfastError, mayHaveExecuted: boolean, exit: ExitRecord | null = this.lastExit): void {
    if (x.phase === 'done') return;
    this.answered(x);
    this.failAnswered(x, error, mayHaveExecuted, exit);
  }

  /** The same for a request that was counted as answered already. */
  failAnswered(x: Exchange, error: HoldfastError, mayHaveExecuted: boolean, exit: ExitRecord | null = this.lastExit): void {
    const { workload, errorLogLines } = this.settings;
    const generation = x.generation || this.current;
    sendFailure(x, error, { workload, generation, exit, mayHaveExecuted, retryAfterMs: this.retryAfter(), errorLogLines });
  }

  /** Ends everything with `error`: the workload was removed, or the session ended. */
  endAll(which: (x: Exchange) => boolean, end: (x: Exchange) => void): void {
    for (const x of [...this.held.values(), ...this.preparing.values(), ...this.flying.values()]) if (which(x)) end(x);
  }

  dispose(): void {
    this.stopTimer?.();
    this.stopTimer = null;
  }

  /** Ends a request without an answer. */
  drop(x: Exchange): void {
    if (x.phase === 'done') return;
    this.answered(x);
    x.answer.drop();
  }

  private hand(x: Exchange): void {
    this.prepare(x);
    this.effects.deliver(x);
  }

  private prepare(x: Exchange): void {
    x.phase = 'preparing';
    this.preparing.add(x);
    if (this.stopTimer === null) this.schedule();
  }

  /** To a backend that is ready; a call that was lost goes only when the new tool list allows it too. */
  private release(x: Exchange): void {
    if (!(x.repeated && x.needsAnnotations)) return this.hand(x);
    this.prepare(x);
    const generation = this.current;
    this.effects.mayRepeatCall(x, (allowed) => {
      if (x.phase === 'done') return;
      if (!allowed) return this.fail(x, backendLost(this.settings.workload, x.method, x.name, this.lastExit), true);
      if (this.serving.kind === 'ready' && this.current === generation) this.hand(x);
      else this.hold(x);
    });
  }

  private hold(x: Exchange): void {
    if (x.method === 'ping') return this.pong(x);
    this.preparing.delete(x);
    const now = this.clock.monotonic();
    const deadline = this.deadline(x);
    const startsIn = this.startsIn();
    if (x.cacheable && (startsIn > CACHE_AFTER_MS || now >= x.arrivedAt + CACHE_AFTER_MS) && this.effects.answerFromCache(x)) return;
    if (now + startsIn > deadline) return this.expire(x, 'HF_RESTART_TOO_LATE');
    if (!this.held.add(x)) {
      return this.fail(x, holdFull(this.settings.workload), x.repeated);
    }
    if (this.stopTimer === null || this.held.size === 1) this.schedule();
  }

  private refuse(x: Exchange, error: HoldfastError): void {
    if (x.method === 'ping') return this.pong(x);
    if (x.cacheable && this.effects.answerFromCache(x)) return;
    this.fail(x, error, x.repeated);
  }

  /** `ping` asks whether the other side is there: Holdfast is. */
  private pong(x: Exchange): void {
    this.answered(x);
    x.answer.final(resultResponse(x.idBytes, '{}'));
  }

  /** Until when a request may wait, monotonic ms. */
  private deadline(x: Exchange): number {
    return x.arrivedAt + (x.repeated ? REPEAT_WITHIN_MS : this.settings.holdMs);
  }

  private startsIn(): number {
    if (this.serving.kind !== 'hold' || this.serving.nextStartAt === null) return 0;
    return Math.max(0, this.serving.nextStartAt - this.clock.now());
  }

  private retryAfter(): number | null {
    if (this.serving.kind === 'refuse') return null;
    return this.serving.kind === 'hold' ? Math.max(1_000, this.startsIn()) : 0;
  }

  private expire(x: Exchange, code: 'HF_HOLD_EXPIRED' | 'HF_RESTART_TOO_LATE'): void {
    const { workload, holdMs } = this.settings;
    if (x.cacheable && this.effects.answerFromCache(x)) return;
    if (x.repeated) return this.fail(x, backendLost(workload, x.method, x.name, this.lastExit), true);
    this.fail(x, code === 'HF_HOLD_EXPIRED' ? holdExpired(workload, holdMs) : restartTooLate(workload, this.startsIn()), false);
    this.effects.cutOff(x);
  }

  private schedule(): void {
    this.stopTimer?.();
    this.stopTimer = null;
    const waiting = this.held.size + this.preparing.size;
    if (waiting === 0 && this.flying.size === 0) return;
    this.stopTimer = this.clock.after(waiting > 0 ? HELD_TICK_MS : FLIGHT_TICK_MS, () => this.tick());
  }

  private tick(): void {
    const now = this.clock.monotonic();
    for (const x of [...this.held.values(), ...this.preparing.values()]) {
      if (!x.answer.wanted) this.drop(x);
      else if (now >= this.deadline(x)) this.expire(x, 'HF_HOLD_EXPIRED');
      else if (now >= x.arrivedAt + CACHE_AFTER_MS && x.cacheable) this.effects.answerFromCache(x);
    }
    for (const x of this.flying.values()) {
      const late = now - x.aliveAt > this.settings.requestTimeoutMs || now - x.deliveredAt > REQUEST_LIMIT_MS;
      if (late) this.timeOut(x);
      else if (x.session && now - x.deliveredAt > (primesStreams(x.session.protocolVersion) ? PRIME_AFTER_MS : STREAM_AFTER_MS))
        x.answer.promote();
    }
    this.schedule();
  }

  private timeOut(x: Exchange): void {
    const { workload, requestTimeoutMs } = this.settings;
    this.effects.cancel(x, 'request timeout');
    this.fail(x, requestTimedOut(workload, x.method, requestTimeoutMs), true);
    this.effects.release(x);
  }
}
