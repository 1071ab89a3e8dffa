import { describe, expect, it } from 'vitest';
import { workloadSpec } from '../../../simulation/workload-spec.ts';
import { HoldfastError } from '../errors/holdfast-error.ts';
import type { ExitRecord } from '../workload/exit.ts';
import type { BackendRecord } from '../workload/status.ts';
import { chronicle } from './chronicle.ts';
import type { Context, UnitEvent } from './event.ts';
import { plan } from './plan.ts';
import { reduce } from './reduce.ts';
import { fromStatus, toStatus } from './status.ts';
import { newUnit, type UnitState } from './unit.ts';

type Kind = 'docker' | 'podman';

const START_TOOK_MS = 300;

function backendOf(kind: Kind, generation: number, at: number): BackendRecord {
  const incarnation = { runtime: kind, containerId: 'c1', startedAt: String(at) };
  return { incarnation, generation, url: null, startedAt: at, readyAt: null, handshake: null };
}

/** One unit and everything that was told of it, at a time that the test sets. */
class Watched {
  state: UnitState = { ...newUnit('running', true), swept: false };
  readonly told: string[] = [];
  now = 1_000;
  generation = 0;
  readonly #spec = { ...workloadSpec(), restart: { ...workloadSpec().restart, jitter: 0 } };
  readonly #kind: Kind;

  constructor(kind: Kind) {
    this.#kind = kind;
    this.post({ kind: 'tick' });
  }

  get context(): Context {
    return { spec: this.#spec, now: this.now, monotonic: this.now, random: 0.5, bootId: 'boot' };
  }

  post(event: UnitEvent): void {
    this.#apply(event);
    const actions = plan(this.#spec, this.state, { now: this.now, monotonic: this.now, nextGeneration: this.generation + 1 });
    for (const action of actions) {
      if (action.kind === 'wait') continue;
      if (action.kind === 'start') this.generation = action.generation;
      this.#apply({ kind: 'begun', action });
    }
  }

  started(byOther: boolean): void {
    this.now += START_TOOK_MS;
    this.post({ kind: 'started', byOther, backend: backendOf(this.#kind, this.generation, this.now) });
  }

  ready(): void {
    this.post({ kind: 'ready', generation: this.generation, handshake: null });
  }

  ends(how: Partial<ExitRecord> = {}): void {
    const { generation } = this;
    const times = { startedAt: 0, readyAt: 0, endedAt: this.now };
    const exit = { generation, cause: 'signalled', exitCode: null, signal: 'SIGTERM', oom: false, lastLines: [], ...times, ...how };
    this.post({ kind: 'exited', exit: exit as ExitRecord });
  }

  #apply(event: UnitEvent): void {
    const before = this.state;
    this.state = reduce(before, event, this.context);
    for (const { type } of chronicle('weather', null, before, event, this.state, this.now)) this.told.push(type);
  }
}

function running(kind: Kind): Watched {
  const unit = new Watched(kind);
  unit.started(false);
  unit.ready();
  unit.told.length = 0;
  return unit;
}

/** What the runtime tells of a restart by somebody else. */
function restartOutside(unit: Watched, kind: Kind): void {
  unit.ends(kind === 'docker' ? { byOther: true } : {});
  unit.post({ kind: 'appeared' });
  unit.started(true);
  unit.ready();
}

describe.each(['docker', 'podman'] as const)('on %s, a restart by somebody else', (kind) => {
  it('is told as one, and no revival is claimed', () => {
    const unit = running(kind);
    unit.now += 60_000;
    restartOutside(unit, kind);
    expect(unit.told).toEqual(['backend.exited', 'backend.starting', 'backend.restarted-outside', 'backend.ready']);
  });

  it.each([1_000, 60_000])('is no crash, however often it comes, each after %i ms', (ms) => {
    const unit = running(kind);
    for (let round = 0; round < 8; round += 1) {
      unit.now += ms;
      restartOutside(unit, kind);
      expect(toStatus('id', unit.state, 1, 0).reason).toBeNull();
      expect(unit.state.ladder).toMatchObject({ attempts: 0, immediates: [] });
    }
    expect(unit.told).not.toContain('workload.crash-looping');
  });
});

describe('what is no restart by somebody else', () => {
  it('is the stop that Holdfast undoes: told as a revival when that has come about', () => {
    const unit = running('docker');
    unit.now += 60_000;
    unit.ends({ byOther: true });
    expect(unit.told).toEqual(['backend.exited', 'backend.starting']);
    unit.started(false);
    unit.ready();
    expect(unit.told).toEqual(['backend.exited', 'backend.starting', 'workload.revived', 'backend.ready']);
  });

  it('is a crash that somebody else is faster to mend: it counts', () => {
    const unit = running('docker');
    unit.now += 1_000;
    unit.ends({ exitCode: 3, signal: null, cause: 'exited' });
    unit.post({ kind: 'appeared' });
    unit.started(true);
    unit.ready();
    expect(unit.state.ladder.attempts).toBe(1);
  });

  it('on Podman: a start by somebody long after the end', () => {
    const unit = running('podman');
    unit.now += 1_000;
    unit.ends();
    unit.now += 4_000;
    unit.post({ kind: 'appeared' });
    unit.started(true);
    unit.ready();
    expect(unit.state.ladder.attempts).toBe(1);
  });
});

describe('a removal by somebody else while a start waits for its turn', () => {
  const waiting = (): Watched => {
    const unit = running('docker');
    unit.now += 60_000;
    unit.ends({ exitCode: 1, signal: null, cause: 'exited' });
    unit.post({ kind: 'removed' });
    return unit;
  };

  it('lets a start that somebody asked for make it anew: that was told late', () => {
    const unit = running('docker');
    unit.post({ kind: 'stop-asked', graceMs: null });
    unit.ends();
    unit.post({ kind: 'swept' });
    unit.post({ kind: 'start-asked' });
    unit.post({ kind: 'removed' });
    expect(unit.state).toMatchObject({ phase: 'starting', verdict: null });
    const error = new HoldfastError('HF_REMOVED_OUTSIDE', { what: 'it is gone' });
    unit.post({ kind: 'start-failed', generation: unit.generation, error });
    expect(unit.state).toMatchObject({ phase: 'starting', verdict: null, restarting: 'order' });
    unit.post({ kind: 'start-failed', generation: unit.generation, error });
    expect(unit.state).toMatchObject({ verdict: { reason: { code: 'removed-outside' } } });
  });

  it('calls the start off, and nothing is made anew', () => {
    const unit = waiting();
    expect(unit.state).toMatchObject({ phase: 'cancelling', verdict: { reason: { code: 'removed-outside' } } });
    const error = new HoldfastError('HF_CANCELLED', { what: 'called off' });
    unit.post({ kind: 'start-failed', generation: unit.generation, error });
    unit.post({ kind: 'swept' });
    expect(unit.state).toMatchObject({ phase: 'idle', backend: null });
    expect(toStatus('id', unit.state, 1, 0)).toMatchObject({ lifecycle: 'stopped', reason: { code: 'removed-outside' } });
    expect(unit.told.filter((type) => type === 'workload.removed-outside')).toHaveLength(1);
    const { generation } = unit;
    unit.post({ kind: 'tick' });
    expect(unit.generation).toBe(generation);
  });

  it('also ends what the start made all the same, and `start` creates it anew', () => {
    const unit = waiting();
    unit.started(false);
    expect(unit.state.phase).toBe('stopping');
    unit.ends({ cause: 'exited' });
    unit.post({ kind: 'swept' });
    expect(toStatus('id', unit.state, 1, 0)).toMatchObject({ lifecycle: 'stopped', reason: { code: 'removed-outside' } });
    unit.post({ kind: 'start-asked' });
    expect(unit.state).toMatchObject({ phase: 'starting', verdict: null });
  });
});

describe('a stopped workload', () => {
  it('stays so when somebody else starts it: that is ended', () => {
    const unit = running('docker');
    unit.post({ kind: 'stop-asked', graceMs: null });
    unit.ends();
    unit.post({ kind: 'swept' });
    unit.told.length = 0;
    unit.post({ kind: 'appeared' });
    expect(unit.state).toMatchObject({ want: 'stopped', phase: 'sweeping' });
    unit.post({ kind: 'swept' });
    expect(toStatus('id', unit.state, 1, 0).lifecycle).toBe('stopped');
    expect(unit.told).toEqual(['workload.kept-down', 'workload.stopped']);
  });

  it('is stopped for the next daemon, too, while its engine is away', () => {
    const spec = { ...workloadSpec(), desired: 'stopped' as const };
    const context = { now: 0, monotonic: 0, bootId: 'boot' };
    const stored = toStatus(spec.id, newUnit('stopped', true), 3, 0);
    const all: Context = { ...context, spec, random: 0 };
    const reborn = fromStatus(spec, stored, context);
    const sweeping = reduce(reborn, { kind: 'begun', action: { kind: 'sweep' } }, all);
    const error = new HoldfastError('HF_RUNTIME_UNAVAILABLE', { what: 'away' });
    const stuck = reduce(sweeping, { kind: 'sweep-failed', error }, all);
    for (const state of [reborn, sweeping, stuck]) expect(toStatus(spec.id, state, 3, 0).lifecycle).toBe('stopped');
    // One that was being stopped when the daemon died may live.
    const halfway = fromStatus(spec, { ...stored, lifecycle: 'stopping' }, context);
    expect(toStatus(spec.id, halfway, 3, 0).lifecycle).toBe('stopping');
  });
});
