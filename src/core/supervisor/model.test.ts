import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { workloadSpec } from '../../../simulation/workload-spec.ts';
import { HoldfastError } from '../errors/holdfast-error.ts';
import type { ExitRecord } from '../workload/exit.ts';
import type { RestartMode } from '../workload/policy.ts';
import type { Action } from './action.ts';
import type { Context, UnitEvent } from './event.ts';
import { CONFIRM_STOP_MS, REMOVED_OUTSIDE } from './outside.ts';
import { plan } from './plan.ts';
import { reduce } from './reduce.ts';
import { fromStatus, resumeGeneration, toStatus } from './status.ts';
import { newUnit, type UnitState } from './unit.ts';

/** What a sequence is made of. Outcomes concern what is under way when they come, or (`stale`) a generation that is long gone. */
type Step =
  | { readonly do: 'start' | 'stop' | 'remove' | 'renew' | 'unpark' | 'reborn' | 'stale' | 'outside-kill' | 'lost' | 'unhealthy' }
  /** What somebody else does to the container, and the engine. */
  | { readonly do: 'outside-stop' | 'outside-start' | 'outside-restart' | 'outside-removal' | 'removal-before-turn' | 'engine-exit' }
  | { readonly do: 'detached'; readonly cause: 'lost' | 'engine' }
  | { readonly do: 'condition'; readonly kind: 'fine' | 'paused' | 'unreachable' }
  | { readonly do: 'engine-back'; readonly awayMs: number }
  | { readonly do: 'succeed' | 'fail' | 'fail-for-good' | 'fail-unavailable'; readonly code: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'jump'; readonly ms: number };

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('start', 'stop', 'renew', 'unpark', 'reborn', 'stale', 'lost', 'unhealthy') }),
  { arbitrary: fc.record({ do: fc.constantFrom('remove') }), weight: 1 },
  { arbitrary: fc.record({ do: fc.constantFrom('outside-kill') }), weight: 4 },
  {
    arbitrary: fc.record({
      do: fc.constantFrom('outside-stop', 'outside-start', 'outside-restart', 'outside-removal', 'removal-before-turn', 'engine-exit'),
    }),
    weight: 4,
  },
  { arbitrary: fc.record({ do: fc.constant('detached'), cause: fc.constantFrom('lost', 'engine') }), weight: 2 },
  fc.record({ do: fc.constant('condition'), kind: fc.constantFrom('fine', 'paused', 'unreachable') }),
  fc.record({ do: fc.constant('engine-back'), awayMs: fc.nat(150_000) }),
  {
    arbitrary: fc.record({ do: fc.constantFrom('succeed', 'succeed', 'fail', 'fail-for-good', 'fail-unavailable'), code: fc.nat(2) }),
    weight: 12,
  },
  { arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.oneof(fc.nat(20_000), fc.nat(2_000_000)) }), weight: 4 },
  fc.record({ do: fc.constant('jump' as const), ms: fc.integer({ min: -100_000_000, max: 100_000_000 }) }),
) as fc.Arbitrary<Step>;

const error = (code: 'HF_SPAWN_FAILED' | 'HF_COMMAND_NOT_FOUND' | 'HF_RUNTIME_UNAVAILABLE' | 'HF_REMOVED_OUTSIDE'): HoldfastError =>
  new HoldfastError(code, { what: 'simulated' });

function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/** The world around one unit, as simple as can be, and the invariants of the supervisor. */
class World {
  readonly spec: ReturnType<typeof workloadSpec>;
  state: UnitState;
  now = 1_700_000_000_000;
  monotonic = 0;
  generation = 0;
  /** Generations whose process lives. */
  readonly alive = new Set<number>();
  readonly used = new Set<number>();
  /** What is under way and will have an outcome. */
  underWay: Exclude<Action, { kind: 'wait' | 'drop' | 'serve' | 'cancel' }> | null = null;
  timer: number | null = null;
  wanted: 'running' | 'stopped' | 'gone' = 'running';
  forgotten = false;
  bootId = 'boot';
  exists = false;
  /** The container was removed, which the runtime has not found out yet. */
  gone = false;
  /** Somebody else started it, and it was not taken over. */
  foreign = false;
  /** Why it may not be started unless somebody asks for it. */
  rests: 'removed' | 'stopped' | null = null;
  /** The generation of which only the connection was lost: it may live until somebody has looked. */
  detached: number | null = null;

  constructor(mode: RestartMode, attempts: number, count: number | null) {
    const base = workloadSpec();
    this.spec = { ...base, restart: { ...base.restart, mode, attempts, immediate: { count, windowMs: 600_000 }, jitter: 0.1 } };
    this.state = newUnit('running', true);
    this.post({ kind: 'tick' });
  }

  take(step: Step): void {
    if (this.forgotten) return;
    switch (step.do) {
      case 'start':
      case 'renew':
        if (this.wanted !== 'gone') this.wanted = 'running';
        this.rests = null;
        return this.post({ kind: step.do === 'start' ? 'start-asked' : 'renew-asked' });
      case 'stop':
        if (this.wanted !== 'gone') this.wanted = 'stopped';
        return this.post({ kind: 'stop-asked', graceMs: null });
      case 'remove':
        this.wanted = 'gone';
        return this.post({ kind: 'remove-asked', graceMs: null });
      case 'unpark':
        return this.post({ kind: 'unparked' });
      case 'reborn':
        return this.reborn();
      case 'stale':
        for (const event of staleEvents(this.state.generation - 1)) this.post(event);
        return;
      case 'outside-kill':
        return this.kill({ cause: 'signalled', signal: 'SIGKILL' });
      case 'outside-stop':
        return this.stopOutside();
      case 'outside-start':
        return this.startOutside();
      case 'outside-restart':
        return this.restartOutside();
      case 'outside-removal':
        return this.removeOutside();
      case 'removal-before-turn':
        return this.removeBeforeTurn();
      case 'engine-exit':
        return this.free(() => this.kill({ cause: 'engine' }), this.isLeftAlone());
      case 'detached':
        return this.detach(step.cause);
      case 'condition':
        return this.condition(step.kind);
      case 'engine-back':
        return this.engineBack(step.awayMs);
      case 'lost':
        return this.post({ kind: 'connection-lost', generation: this.state.generation, why: 'simulated' });
      case 'unhealthy':
        return this.post({ kind: 'unhealthy', generation: this.state.generation, why: 'simulated' });
      case 'succeed':
        return this.succeed();
      case 'fail':
        return this.fail(error('HF_SPAWN_FAILED'), step.code);
      case 'fail-for-good':
        return this.fail(error('HF_COMMAND_NOT_FOUND'), step.code);
      case 'fail-unavailable':
        return this.free(() => this.fail(error('HF_RUNTIME_UNAVAILABLE'), step.code), this.underWay?.kind === 'start');
      case 'pass':
        return this.pass(step.ms);
      case 'jump':
        this.now += step.ms;
        return this.post({ kind: 'tick' });
    }
  }

  /** Lets everything that is under way succeed, and whatever waits come to pass. */
  settle(): void {
    for (let round = 0; round < 50 && (this.underWay || this.timer !== null); round += 1) {
      if (this.underWay) this.succeed();
      else if (this.timer !== null && this.state.phase === 'ready') return;
      else if (this.timer !== null) this.pass(this.timer - this.monotonic);
    }
  }

  succeed(): void {
    const action = this.underWay;
    if (!action) return;
    this.underWay = null;
    switch (action.kind) {
      case 'start':
        return this.started(action.generation);
      case 'adopt':
        this.detached = null;
        if (this.gone) return this.tellRemoved({ kind: 'removed' });
        if (!this.alive.has(action.generation)) return this.post({ kind: 'not-adopted', generation: action.generation, exit: null });
        return this.post({ kind: 'adopted', backend: this.backend(action.generation) });
      case 'handshake':
        return this.post({ kind: 'ready', handshake: null, generation: action.generation });
      case 'stop':
        return this.kill({ cause: 'signalled', signal: 'SIGTERM' });
      case 'sweep':
        this.sweep();
        return this.post({ kind: 'swept' });
      case 'forget':
        must(this.alive.size === 0, 'forgotten while alive');
        this.forgotten = true;
        return this.post({ kind: 'forgotten' });
    }
  }

  fail(why: HoldfastError, code: number): void {
    const action = this.underWay;
    if (!action) return;
    this.underWay = null;
    switch (action.kind) {
      case 'start':
        this.post({ kind: 'start-failed', generation: action.generation, error: why });
        return must(why.code === 'HF_RUNTIME_UNAVAILABLE' || this.state.away === null, 'an engine that refused a start is taken for away');
      case 'adopt':
        if (why.code === 'HF_RUNTIME_UNAVAILABLE') return this.post({ kind: 'adopt-deferred', generation: action.generation, error: why });
        this.detached = null;
        return this.post({ kind: 'not-adopted', generation: action.generation, exit: null });
      case 'handshake':
        if (code === 0) return this.kill({ cause: 'exited', exitCode: 1 });
        return this.post({ kind: 'not-ready', generation: action.generation, error: why });
      case 'stop':
        // What cannot be ended is tried again by the executor, without end.
        this.underWay = action;
        return this.post({ kind: 'stop-failed', generation: action.generation, error: why });
      case 'sweep':
        return this.post({ kind: 'sweep-failed', error: why });
      case 'forget':
        return this.post({ kind: 'forget-failed', error: why });
    }
  }

  /** The living backend ends, or is lost. */
  private kill(how: Partial<ExitRecord>): void {
    const generation = this.living;
    if (generation === null) return;
    if (this.underWay && (this.underWay.kind === 'handshake' || this.underWay.kind === 'stop')) this.underWay = null;
    if (!how.livesOn) this.alive.delete(generation);
    this.post({ kind: 'exited', exit: { ...plainExit, generation, startedAt: this.now, endedAt: this.now, ...how } });
  }

  /** The generation that lives, and is known to. */
  private get living(): number | null {
    const generation = this.state.backend?.generation;
    return generation !== undefined && this.alive.has(generation) ? generation : null;
  }

  /** What comes of a start: what somebody else removed cannot be started, and what somebody else started is taken over. */
  private started(generation: number): void {
    if (this.gone) return this.tellRemoved({ kind: 'start-failed', generation, error: error('HF_REMOVED_OUTSIDE') });
    this.exists = true;
    this.alive.clear();
    this.alive.add(generation);
    const byOther = this.foreign;
    this.foreign = false;
    this.post({ kind: 'started', byOther, backend: this.backend(generation) });
  }

  private sweep(): void {
    this.alive.clear();
    this.foreign = false;
    this.detached = null;
  }

  /** It costs no attempt. */
  private free(what: () => void, really = true): void {
    const { attempts } = this.state.ladder;
    what();
    if (really) must(this.state.ladder.attempts <= attempts, 'an outage of the engine cost an attempt');
  }

  private stopOutside(): void {
    const rests = this.spec.restart.mode === 'unless-stopped' && this.isLeftAlone();
    if (this.living === null) return;
    this.kill({ cause: 'signalled', signal: 'SIGTERM', byOther: true });
    if (rests) must(this.underWay?.kind !== 'start' && this.state.verdict !== null, 'a stop by somebody else was not respected');
    if (rests) this.rests = 'stopped';
  }

  private startOutside(): void {
    if (!this.exists || this.alive.size > 0 || this.wanted !== 'running') return;
    this.foreign = true;
    if (this.rests === 'stopped') this.rests = null;
    this.post({ kind: 'appeared' });
    must(this.state.verdict === null, 'what somebody else started is not taken over');
  }

  /** The news of the start come before those of the end. */
  private restartOutside(): void {
    if (this.alive.size === 0 || this.wanted !== 'running' || this.detached !== null) return;
    const isWatched = this.living !== null && this.isLeftAlone();
    this.foreign = true;
    this.post({ kind: 'appeared' });
    this.kill({ cause: 'signalled', signal: 'SIGTERM', byOther: true });
    if (isWatched) must(this.underWay?.kind === 'start', 'what somebody else restarted is not taken over at once');
  }

  private removeOutside(): void {
    if (!this.exists) return;
    this.exists = false;
    this.gone = true;
    this.foreign = false;
    const rests = this.isLeftAlone();
    if (this.living !== null) {
      this.kill({ cause: 'removed' });
      this.gone = false;
      if (rests) this.rests = 'removed';
      return;
    }
    this.alive.clear();
    // A start or an adoption that is under way finds it out by itself.
    if (this.underWay?.kind !== 'start' && this.underWay?.kind !== 'adopt' && !this.state.adoptable) this.tellRemoved({ kind: 'removed' });
  }

  /** The start that is under way has not come to the runtime yet, which would make it anew. */
  private removeBeforeTurn(): void {
    if (!this.exists || this.underWay?.kind !== 'start' || this.gone || this.alive.size > 0 || this.foreign) return;
    this.exists = false;
    this.tellRemoved({ kind: 'removed' });
  }

  /** The runtime says that it is gone, and forgets it: the next start would make it anew. */
  private tellRemoved(event: Extract<UnitEvent, { kind: 'removed' | 'start-failed' }>): void {
    const { want, verdict, phase, restarting } = this.state;
    const isAskedFor = phase === 'starting' && restarting === null;
    const rests = want === 'running' && verdict?.kind !== 'failed' && !this.isOrdered() && !isAskedFor;
    this.gone = false;
    if (rests) this.rests = 'removed';
    this.post(event);
    if (rests) must(this.state.verdict?.reason.code === REMOVED_OUTSIDE, 'a removal was not noticed');
  }

  private detach(cause: 'lost' | 'engine'): void {
    const { backend } = this.state;
    const isServing = this.isLeftAlone() && backend?.readyAt !== null;
    const lose = (): void => {
      if (isServing) this.detached = this.living;
      this.kill({ cause, livesOn: true });
    };
    this.free(lose, isServing);
  }

  private condition(kind: 'fine' | 'paused' | 'unreachable'): void {
    const { phase, ladder } = this.state;
    const { underWay } = this;
    const condition = kind === 'unreachable' ? { kind, why: 'simulated' } : { kind };
    this.post({ kind: 'condition', generation: this.state.generation, condition });
    must(this.state.phase === phase && this.state.ladder === ladder && this.underWay === underWay, 'a condition had consequences');
  }

  private engineBack(awayMs: number): void {
    const since = this.now - awayMs;
    const { lastExit } = this.state;
    const wasEngine = this.rests === 'stopped' && lastExit !== null && since - lastExit.endedAt < CONFIRM_STOP_MS;
    if (wasEngine) this.rests = null;
    this.post({ kind: 'engine-back', since });
    if (wasEngine) must(this.state.verdict === null, 'the shutdown of the engine was taken for a stop by somebody');
  }

  /** Its end is nobody's order. */
  private isLeftAlone(): boolean {
    const { want, phase, everReady, ending, reappeared } = this.state;
    return want === 'running' && phase !== 'stopping' && everReady && !ending && !reappeared && !this.isOrdered();
  }

  private isOrdered(): boolean {
    return this.state.phase === 'cancelling' || (this.state.generation > 0 && this.state.generation <= this.state.obsoleteThrough);
  }

  /** The daemon dies and another one reads what was written last. Its processes live on, as orphans or to be adopted. */
  private reborn(): void {
    if (this.wanted === 'gone') return;
    const pending = this.wanted === 'running' && !this.state.verdict ? this.state.adoptable : null;
    const status = toStatus(this.spec.id, this.state, this.generation, this.now);
    const spec = { ...this.spec, desired: this.wanted };
    this.underWay = null;
    this.timer = null;
    this.foreign = false;
    if (this.rests === 'stopped' && (status.lastExit === null || this.now - status.lastExit.endedAt < CONFIRM_STOP_MS)) this.rests = null;
    this.state = fromStatus(spec, status, { now: this.now, monotonic: this.monotonic, bootId: this.bootId });
    if (pending) must(this.state.adoptable?.generation === pending.generation, 'what was to be adopted was forgotten');
    this.generation = resumeGeneration(spec, status, this.now);
    this.post({ kind: 'tick' });
  }

  private pass(ms: number): void {
    const end = this.monotonic + ms;
    while (this.timer !== null && this.timer <= end) {
      this.now += Math.max(0, this.timer - this.monotonic) + 1;
      this.monotonic = Math.max(this.timer, this.monotonic) + 1;
      this.timer = null;
      this.post({ kind: 'tick' });
    }
    if (end <= this.monotonic) return;
    this.now += end - this.monotonic;
    this.monotonic = end;
  }

  private backend(generation: number) {
    const incarnation = { runtime: 'process' as const, bootId: 'boot', pid: generation, startTime: '1' };
    return { incarnation, generation, url: null, startedAt: this.now, readyAt: null, handshake: null };
  }

  private post(event: UnitEvent): void {
    const context: Context = { spec: this.spec, now: this.now, monotonic: this.monotonic, random: 0.7, bootId: this.bootId };
    this.state = reduce(this.state, event, context);
    const input = { now: this.now, monotonic: this.monotonic, nextGeneration: this.generation + 1 };
    const actions = plan(this.spec, this.state, input);
    must(actions.filter((action) => action.kind !== 'drop' && action.kind !== 'serve').length <= 1, 'more than one step at a time');
    this.timer = null;
    for (const action of actions) this.begin(action, context);
    this.check();
  }

  private begin(action: Action, context: Context): void {
    if (action.kind === 'wait') {
      const longest = Math.max(60_000 * 1.1, this.spec.restart.immediate.windowMs + 1);
      must(action.until - this.monotonic <= longest + 1, 'unbounded wait');
      this.timer = action.until;
      return;
    }
    if (action.kind === 'start') {
      must(this.wanted === 'running', 'started although not wanted');
      must(!this.used.has(action.generation), 'a generation number twice');
      this.used.add(action.generation);
      this.generation = action.generation;
      must(this.underWay === null, 'two things under way');
      must(this.state.backend === null, 'started beside a living backend');
      must(this.rests === null, `started although somebody else ${String(this.rests)} it`);
      must(this.detached === null, 'started beside one of which only the connection was lost');
      // The executor sweeps first: orphans of an earlier daemon do not count as a second backend.
      this.alive.clear();
    }
    this.state = reduce(this.state, { kind: 'begun', action }, context);
    if (action.kind === 'drop' || action.kind === 'serve' || action.kind === 'cancel') return;
    if (action.kind === 'stop' && this.underWay?.kind === 'handshake') this.underWay = null;
    must(this.underWay === null, 'two things under way');
    this.underWay = action;
  }

  private check(): void {
    must(this.alive.size <= 1, 'two backends alive');
    must(this.state.want === this.wanted, 'an order was lost');
    must(this.state.undropped === null, 'the gateway was not told of an exit');
    const { attempts, step } = this.state.ladder;
    must(attempts >= 0 && step >= 0, 'a negative ladder');
    const limit = this.spec.restart.attempts;
    must(limit === 0 || attempts <= limit, 'too many attempts');
  }
}

const plainExit: ExitRecord = {
  generation: 0,
  cause: 'exited',
  exitCode: null,
  signal: null,
  oom: false,
  startedAt: 0,
  readyAt: null,
  endedAt: 0,
  lastLines: [],
};

function staleEvents(generation: number): UnitEvent[] {
  const exit = { ...plainExit, generation, exitCode: 1 };
  const incarnation = { runtime: 'process' as const, bootId: 'boot', pid: 1, startTime: '1' };
  return [
    { kind: 'exited', exit },
    { kind: 'ready', generation, handshake: null },
    { kind: 'not-ready', generation, error: error('HF_SPAWN_FAILED') },
    { kind: 'start-failed', generation, error: error('HF_SPAWN_FAILED') },
    { kind: 'started', byOther: false, backend: { incarnation, generation, url: null, startedAt: 0, readyAt: null, handshake: null } },
    { kind: 'connection-lost', generation, why: 'stale' },
    { kind: 'unhealthy', generation, why: 'stale' },
  ];
}

const worlds = fc.record({
  mode: fc.constantFrom<RestartMode>('always', 'unless-stopped', 'on-failure', 'never'),
  attempts: fc.constantFrom(0, 1, 3, 10),
  count: fc.constantFrom(null, 0, 2, 5),
});

const always = { mode: 'always', attempts: 0, count: null } as const;
const succeed = { do: 'succeed', code: 0 } as const;
const lose: readonly Step[] = [succeed, succeed, { do: 'pass', ms: 1_000 }, { do: 'detached', cause: 'lost' }];

/** Sequences that broke a promise once, and are too rare to be drawn each time. */
const found: [{ mode: RestartMode; attempts: number; count: number | null }, Step[]][] = [
  // The daemon dies while it sweeps after a removal.
  [always, [succeed, { do: 'outside-removal' }, { do: 'reborn' }]],
  // An adoption finds a removal after its workload was removed, too.
  [always, [...lose, { do: 'outside-removal' }, { do: 'remove' }]],
  // The daemon dies while an adoption waits for the engine.
  [always, [...lose, { do: 'fail-unavailable', code: 0 }, { do: 'reborn' }]],
];

describe('a unit under any sequence of events', () => {
  it('has one backend at most, obeys its last order, and never repeats a generation', () => {
    fc.assert(
      fc.property(worlds, fc.array(steps, { maxLength: 60 }), ({ mode, attempts, count }, sequence) => {
        const world = new World(mode, attempts, count);
        for (const step of sequence) world.take(step);
        world.take({ do: 'unpark' });
        world.settle();
        if (world.wanted === 'gone') expect([world.forgotten, world.alive.size]).toEqual([true, 0]);
        else if (world.wanted === 'stopped') expect([world.state.phase, world.alive.size, world.state.swept]).toEqual(['idle', 0, true]);
        else if (!world.state.verdict) expect([world.state.phase, world.alive.size]).toEqual(['ready', 1]);
        else expect([world.state.phase, world.alive.size]).toEqual(['idle', 0]);
      }),
      { numRuns: 2_000, examples: found },
    );
  });

  it('is not resurrected by anything once it is to be gone', () => {
    fc.assert(
      fc.property(
        worlds,
        fc.array(steps, { maxLength: 25 }),
        fc.array(steps, { maxLength: 25 }),
        ({ mode, attempts, count }, before, after) => {
          const world = new World(mode, attempts, count);
          for (const step of before) world.take(step);
          world.take({ do: 'remove' });
          const newest = Math.max(0, ...world.used);
          for (const step of after) world.take(step);
          expect(Math.max(0, ...world.used)).toBe(newest);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
