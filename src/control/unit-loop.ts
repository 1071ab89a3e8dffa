import type { Random } from '../core/ports/clock.ts';
import type { Backend } from '../core/ports/runtime.ts';
import { type Action, describeAction } from '../core/supervisor/action.ts';
import { chronicle, type Entry } from '../core/supervisor/chronicle.ts';
import type { Context, UnitEvent } from '../core/supervisor/event.ts';
import { plan } from '../core/supervisor/plan.ts';
import { reduce } from '../core/supervisor/reduce.ts';
import type { UnitState } from '../core/supervisor/unit.ts';
import { execute } from './execute.ts';
import type { UnitEffects, UnitHost } from './unit-effects.ts';

/** What a unit's loop needs of its workload beside what its executors use. */
export interface LoopHost extends UnitHost {
  readonly random: Random;
  readonly bootId: string;
  /** False once the workload was forgotten or handed over: nothing that comes later has any effect. */
  readonly live: boolean;
  /** Newest generation number of the workload. */
  generation: number;
  /** The unit's state is another one now. */
  changed(unit: UnitLoop, entries: readonly Entry[]): void;
}

/** The control loop of one unit: events in, state on, plan, execute. It decides nothing itself. */
export class UnitLoop implements UnitEffects {
  readonly unit: string | null;
  readonly host: LoopHost;
  backend: Backend | null = null;
  starting: AbortController | null = null;
  handshaking: AbortController | null = null;
  #state: UnitState;
  readonly #inbox: UnitEvent[] = [];
  #busy = false;
  #alarm: { readonly until: number; readonly cancel: () => void } | null = null;

  constructor(host: LoopHost, unit: string | null, state: UnitState) {
    this.host = host;
    this.unit = unit;
    this.#state = state;
  }

  get state(): UnitState {
    return this.#state;
  }

  /** Takes an event and does at once what follows from it. Events that arrive meanwhile wait for their turn. */
  post(event: UnitEvent): void {
    this.#inbox.push(event);
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let next = this.#inbox.shift(); next && this.host.live; next = this.#inbox.shift()) {
        this.#apply(next);
        this.#proceed();
      }
    } finally {
      this.#busy = false;
      if (!this.host.live) this.silence();
    }
  }

  /** Forgets timers and whatever still waits. */
  silence(): void {
    this.#alarm?.cancel();
    this.#alarm = null;
    this.#inbox.length = 0;
  }

  #apply(event: UnitEvent): void {
    const before = this.#state;
    const context = this.#context();
    this.#state = reduce(before, event, context);
    if (this.#state === before) return;
    const told = event.kind === 'begun' && (event.action.kind === 'serve' || event.action.kind === 'drop');
    if (!told) this.host.changed(this, chronicle(this.host.spec.name, this.unit, before, event, this.#state, context.monotonic));
  }

  #proceed(): void {
    const { clock, spec, generation } = this.host;
    const actions = plan(spec, this.#state, { now: clock.now(), monotonic: clock.monotonic(), nextGeneration: generation + 1 });
    const wait = actions.find((action) => action.kind === 'wait');
    this.#arm(wait ? wait.until : null);
    for (const action of actions) {
      if (action.kind === 'wait') continue;
      if (action.kind === 'start') this.host.generation = action.generation;
      this.#apply({ kind: 'begun', action });
      this.#execute(action);
    }
  }

  #execute(action: Exclude<Action, { kind: 'wait' }>): void {
    execute(this, action).catch((error: unknown) => {
      this.host.log.error('a defect in supervision', {
        action: describeAction(action),
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    });
  }

  #arm(until: number | null): void {
    if (this.#alarm && this.#alarm.until === until) return;
    this.#alarm?.cancel();
    this.#alarm = null;
    if (until === null) return;
    const { clock } = this.host;
    // At least a millisecond: a timer that fires a moment early must not turn into a busy loop.
    const ms = Math.max(1, Math.ceil(until - clock.monotonic()));
    const cancel = clock.after(ms, () => {
      this.#alarm = null;
      this.post({ kind: 'tick' });
    });
    this.#alarm = { until, cancel };
  }

  #context(): Context {
    const { spec, clock, random, bootId } = this.host;
    return { spec, now: clock.now(), monotonic: clock.monotonic(), random: random(), bootId };
  }
}
