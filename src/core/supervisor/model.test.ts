import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { workloadSpec } from '../../../simulation/workload-spec.ts';
import { HoldfastError } from '../errors/holdfast-error.ts';
import type { ExitCause } from '../workload/exit.ts';
import type { RestartMode } from '../workload/policy.ts';
import type { Action } from './action.ts';
import type { Context, UnitEvent } from './event.ts';
import { plan } from './plan.ts';
import { reduce } from './reduce.ts';
import { fromStatus, resumeGeneration, toStatus } from './status.ts';
import { newUnit, type UnitState } from './unit.ts';

/** What a sequence is made of. Outcomes concern what is under way when they come, or (`stale`) a generation that is long gone. */
type Step =
  | { readonly do: 'start' | 'stop' | 'remove' | 'renew' | 'unpark' | 'reborn' | 'stale' | 'outside-kill' | 'lost' | 'unhealthy' }
  | { readonly do: 'succeed' | 'fail' | 'fail-for-good' | 'fail-unavailable'; readonly code: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'jump'; readonly ms: number };

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('start', 'stop', 'renew', 'unpark', 'reborn', 'stale', 'lost', 'unhealthy') }),
  { arbitrary: fc.record({ do: fc.constantFrom('remove') }), weight: 1 },
  { arbitrary: fc.record({ do: fc.constantFrom('outside-kill') }), weight: 4 },
  {
    arbitrary: fc.record({ do: fc.constantFrom('succeed', 'succeed', 'fail', 'fail-for-good', 'fail-unavailable'), code: fc.nat(2) }),
    weight: 12,
  },
  { arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.oneof(fc.nat(20_000), fc.nat(2_000_000)) }), weight: 4 },
  fc.record({ do: fc.constant('jump' as const), ms: fc.integer({ min: -100_000_000, max: 100_000_000 }) }),
) as fc.Arbitrary<Step>;

const error = (code: 'HF_SPAWN_FAILED' | 'HF_COMMAND_NOT_FOUND' | 'HF_RUNTIME_UNAVAILABLE'): HoldfastError =>
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
        return this.kill('signalled');
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
        return this.fail(error('HF_RUNTIME_UNAVAILABLE'), step.code);
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
        this.alive.add(action.generation);
        return this.post({ kind: 'started', byOther: false, backend: this.backend(action.generation) });
      case 'adopt':
        if (!this.alive.has(action.generation)) return this.post({ kind: 'not-adopted', generation: action.generation, exit: null });
        return this.post({ kind: 'adopted', backend: this.backend(action.generation) });
      case 'handshake':
        return this.post({ kind: 'ready', handshake: null, generation: action.generation });
      case 'stop':
        return this.kill('signalled');
      case 'sweep':
        this.alive.clear();
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
        return this.post({ kind: 'start-failed', generation: action.generation, error: why });
      case 'adopt':
        if (why.code === 'HF_RUNTIME_UNAVAILABLE') return this.post({ kind: 'adopt-deferred', generation: action.generation, error: why });
        this.alive.delete(action.generation);
        return this.post({ kind: 'not-adopted', generation: action.generation, exit: null });
      case 'handshake':
        if (code === 0) return this.kill('exited');
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

  private kill(cause: ExitCause): void {
    const generation = this.state.backend?.generation;
    if (generation === undefined || !this.alive.has(generation)) return;
    if (this.underWay && (this.underWay.kind === 'handshake' || this.underWay.kind === 'stop')) this.underWay = null;
    this.alive.delete(generation);
    const exit = {
      generation,
      cause,
      exitCode: cause === 'exited' ? 1 : null,
      signal: null,
      oom: false,
      startedAt: this.now,
      readyAt: null,
      endedAt: this.now,
      lastLines: [],
    };
    this.post({ kind: 'exited', exit });
  }

  /** The daemon dies and another one reads what was written last. Its processes live on, as orphans or to be adopted. */
  private reborn(): void {
    if (this.wanted === 'gone') return;
    const status = toStatus(this.spec.id, this.state, this.generation, this.now);
    const spec = { ...this.spec, desired: this.wanted };
    this.underWay = null;
    this.timer = null;
    this.state = fromStatus(spec, status, { now: this.now, monotonic: this.monotonic, bootId: this.bootId });
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

function staleEvents(generation: number): UnitEvent[] {
  const exit = {
    generation,
    cause: 'exited' as const,
    exitCode: 1,
    signal: null,
    oom: false,
    startedAt: 0,
    readyAt: null,
    endedAt: 0,
    lastLines: [],
  };
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
      { numRuns: 2_000 },
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
