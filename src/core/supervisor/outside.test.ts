import { describe, expect, it } from 'vitest';
import { workloadSpec } from '../../../simulation/workload-spec.ts';
import { HoldfastError } from '../errors/holdfast-error.ts';
import type { ExitRecord } from '../workload/exit.ts';
import type { RestartMode } from '../workload/policy.ts';
import type { BackendRecord } from '../workload/status.ts';
import type { Context, UnitEvent } from './event.ts';
import { plan } from './plan.ts';
import { reduce } from './reduce.ts';
import { servingOf } from './serving.ts';
import { fromStatus, toStatus } from './status.ts';
import { newUnit, type UnitState } from './unit.ts';

const incarnation = { runtime: 'docker' as const, containerId: 'c1', startedAt: '2026-01-01T00:00:00Z' };
const backend: BackendRecord = { incarnation, generation: 3, url: null, startedAt: 1_000, readyAt: 1_000, handshake: '{}' };
const exit: ExitRecord = {
  generation: 3,
  cause: 'signalled',
  exitCode: null,
  signal: 'SIGTERM',
  oom: false,
  startedAt: 1_000,
  readyAt: 1_000,
  endedAt: 100_000,
  lastLines: [],
};
const unavailable = new HoldfastError('HF_RUNTIME_UNAVAILABLE', { what: 'The engine does not answer' });

function specOf(mode: RestartMode): Context['spec'] {
  const base = workloadSpec();
  return { ...base, restart: { ...base.restart, mode, jitter: 0 } };
}

function at(monotonic: number, mode: RestartMode = 'always'): Context {
  return { spec: specOf(mode), now: monotonic, monotonic, random: 0.5, bootId: 'boot' };
}

const running: UnitState = {
  ...newUnit('running', true),
  phase: 'ready',
  generation: 3,
  backend,
  readySince: 1_000,
  health: 'healthy',
  swept: false,
};

function after(state: UnitState, context: Context, ...events: UnitEvent[]): UnitState {
  return events.reduce((before, event) => reduce(before, event, context), state);
}

/** The next step that is planned, without what the gateway is told. */
function nextStep(state: UnitState, context: Context): string | undefined {
  const actions = plan(context.spec, state, { now: context.now, monotonic: context.monotonic, nextGeneration: 9 });
  return actions.find(({ kind }) => kind !== 'drop' && kind !== 'serve')?.kind;
}

describe('what somebody else does to a container', () => {
  it('takes a removal for no crash: nothing restarts it, and start creates it anew', () => {
    const gone = after(running, at(100_000), { kind: 'exited', exit: { ...exit, cause: 'removed' } });
    expect(gone.verdict).toMatchObject({ kind: 'finished', reason: { code: 'removed-outside' } });
    expect(toStatus('id', gone, 3, 0)).toMatchObject({ lifecycle: 'stopped', reason: { code: 'removed-outside' } });
    expect(servingOf('a', gone).serving).toMatchObject({ kind: 'refuse', gone: true, error: { code: 'HF_REMOVED_OUTSIDE' } });
    expect(nextStep({ ...gone, swept: true }, at(9e9))).toBeUndefined();
    expect(nextStep(after(gone, at(100_001), { kind: 'start-asked' }), at(100_001))).toBe('start');
  });

  it('stays so for the next daemon', () => {
    const gone = after(running, at(100_000), { kind: 'exited', exit: { ...exit, cause: 'removed' } });
    const reborn = fromStatus(specOf('always'), toStatus('id', gone, 3, 100_000), at(0));
    expect(reborn.verdict?.reason.code).toBe('removed-outside');
  });

  it.each(['backoff', 'start', 'adoption'] as const)('takes a removal during a %s for one', (when) => {
    const idle: UnitState = { ...running, phase: 'idle', backend: null, readySince: null };
    const context = at(100_000);
    const gone =
      when === 'backoff'
        ? after({ ...idle, dueAt: 105_000, restarting: 'crash' }, context, { kind: 'removed' })
        : when === 'adoption'
          ? after({ ...idle, phase: 'adopting', adoptable: backend }, context, { kind: 'removed' })
          : after({ ...idle, phase: 'starting', generation: 4, restarting: 'crash' }, context, {
              kind: 'start-failed',
              generation: 4,
              error: new HoldfastError('HF_REMOVED_OUTSIDE', { what: 'gone' }),
            });
    expect(gone).toMatchObject({ phase: 'idle', adoptable: null, dueAt: null, verdict: { reason: { code: 'removed-outside' } } });
  });

  it('knows a removal that is news before the end of the server, of which only a signal is told', () => {
    const gone = after(running, at(100_000), { kind: 'removed' }, { kind: 'exited', exit });
    expect(gone).toMatchObject({ vanished: false, lastExit: { cause: 'removed' }, verdict: { reason: { code: 'removed-outside' } } });
    const taken = after(running, at(100_000), { kind: 'removed' }, { kind: 'appeared' }, { kind: 'exited', exit });
    expect(taken.verdict).toBeNull();
  });

  it.each(['not-ready', 'unhealthy'] as const)('knows a removal from the end of a server that is %s', (kind) => {
    const useless: UnitEvent =
      kind === 'not-ready' ? { kind, generation: 3, error: unavailable } : { kind, generation: 3, why: 'it does not answer' };
    const booting: UnitState = { ...running, phase: kind === 'not-ready' ? 'handshaking' : 'ready', everReady: true };
    const ending = { ...after(booting, at(50_000), useless), phase: 'stopping' as const };
    expect(ending.ending?.why).toBe(kind);
    const gone = after(ending, at(100_000), { kind: 'exited', exit: { ...exit, cause: 'removed' } });
    expect(gone.verdict?.reason.code).toBe('removed-outside');
    const crashed = after(ending, at(100_000), { kind: 'exited', exit });
    expect(crashed.lastExit?.cause).toBe(kind);
  });

  it('leaves a stopped and a failed workload as they are when their container is removed', () => {
    const stopped: UnitState = { ...newUnit('stopped', true) };
    expect(after(stopped, at(1), { kind: 'removed' })).toBe(stopped);
    const failed: UnitState = { ...newUnit('running', true), verdict: { kind: 'failed', reason: { code: 'x', message: 'x' } } };
    expect(after(failed, at(1), { kind: 'removed' })).toBe(failed);
  });

  it('takes over at once what somebody else started, also in a backoff, and when the news come before those of the end', () => {
    const crashed = after(running, at(5_000), { kind: 'exited', exit });
    expect(crashed.dueAt).not.toBeNull();
    expect(nextStep(after(crashed, at(5_001), { kind: 'appeared' }), at(5_001))).toBe('start');
    const early = after(running, at(5_000), { kind: 'appeared' }, { kind: 'exited', exit });
    expect(nextStep(early, at(5_000))).toBe('start');
    expect(early.reappeared).toBe(false);
  });

  it.each([
    ['always', 'start'],
    ['unless-stopped', 'wait'],
  ] as const)('under %s: a stop by somebody else is followed by %s', (mode, step) => {
    const context = at(100_000, mode);
    const ended = after(running, context, { kind: 'exited', exit: { ...exit, byOther: true } });
    expect(nextStep(ended, context)).toBe(step);
    // A restart by somebody else is one under both.
    expect(nextStep(after(ended, context, { kind: 'appeared' }), context)).toBe('start');
  });

  it('takes a stop that the shutdown of the engine follows within a minute for the engine, in this daemon and in the next', () => {
    const context = at(100_000, 'unless-stopped');
    const ended = after(running, context, { kind: 'exited', exit: { ...exit, byOther: true } });
    expect(nextStep(after(ended, context, { kind: 'engine-back', since: 130_000 }), context)).toBe('start');
    expect(after(ended, context, { kind: 'engine-back', since: 161_000 }).verdict).not.toBeNull();
    const stored = (updatedAt: number): UnitState => fromStatus(context.spec, toStatus('id', ended, 3, updatedAt), context);
    expect(stored(101_000).verdict).toBeNull();
    const confirmed = after(ended, at(160_001, 'unless-stopped'), { kind: 'tick' });
    expect(confirmed).not.toBe(ended);
    expect(stored(160_001).verdict?.reason.code).toBe('stopped-outside');
  });

  it('also where the engine is away for longer than that, and this daemon ends meanwhile; not when it went later', () => {
    const context = at(100_000, 'unless-stopped');
    const ended = after(running, context, { kind: 'exited', exit: { ...exit, byOther: true } });
    const later = at(300_000, 'unless-stopped');
    const lost = after(ended, later, { kind: 'engine-lost', since: 100_500 }, { kind: 'tick' });
    expect(lost).toMatchObject({ verdict: { reason: { code: 'stopped-outside' } }, lastExit: { cause: 'engine' } });
    expect(fromStatus(context.spec, toStatus('id', lost, 3, 300_000), later).verdict).toBeNull();
    expect(nextStep(after(lost, later, { kind: 'engine-back', since: 100_500 }), later)).toBe('start');
    const confirmed = after(ended, later, { kind: 'engine-lost', since: 161_000 }, { kind: 'tick' });
    expect(fromStatus(context.spec, toStatus('id', confirmed, 3, 300_000), later).verdict).not.toBeNull();
  });
});

describe('an engine that is away', () => {
  it('costs no attempt when its end was the end of the server, except where nothing may be restarted', () => {
    const ended = after(running, at(5_000), { kind: 'exited', exit: { ...exit, cause: 'engine' } });
    expect(ended).toMatchObject({ dueAt: null, verdict: null, ladder: { attempts: 0 } });
    expect(after(running, at(5_000, 'never'), { kind: 'exited', exit: { ...exit, cause: 'engine' } }).verdict?.kind).toBe('failed');
  });

  it.each(['is back', 'is found to be away'] as const)('gets back the attempt that its own shutdown cost, when it %s', (when) => {
    const stopped: UnitEvent = { kind: 'exited', exit: { ...exit, endedAt: 5_000, byOther: true } };
    const spent = after({ ...running, ladder: { attempts: 2, step: 2, immediates: [], nextStartAt: null } }, at(5_000), stopped);
    expect(spent).toMatchObject({ ladder: { attempts: 3 }, dueAt: 25_000 });
    const starting: UnitState = { ...spent, phase: 'starting', generation: 4 };
    const known =
      when === 'is back'
        ? after(spent, at(9_000), { kind: 'engine-back', since: 5_100 })
        : after(starting, at(9_000), { kind: 'start-failed', generation: 4, error: unavailable });
    expect(known).toMatchObject({ ladder: { attempts: 2, step: 2 }, lastExit: { cause: 'engine' } });
    const last = after(known, at(9_001), { kind: 'engine-back', since: 5_100 });
    expect(last.ladder.attempts).toBe(2);
    expect(nextStep(last, at(9_001))).toBe('start');
    // Of what ended long before its loss it is not the cause.
    expect(after(spent, at(90_000), { kind: 'engine-back', since: 65_001 })).toBe(spent);
  });

  it('gets back the start at once that its shutdown cost', () => {
    const restarted = after(running, at(100_000), { kind: 'exited', exit: { ...exit, byOther: true } });
    expect(restarted.ladder).toMatchObject({ attempts: 1, immediates: [100_000] });
    const known = after(restarted, at(100_100), { kind: 'engine-back', since: 100_050 });
    expect(known.ladder).toMatchObject({ attempts: 0, immediates: [] });
  });

  it('is asked what became of a backend whose connection was lost, and the same generation goes on', () => {
    const context = at(100_000);
    const lost = after(running, context, { kind: 'exited', exit: { ...exit, cause: 'lost', livesOn: true } });
    expect(lost).toMatchObject({ adoptable: backend, ladder: { attempts: 0 }, undropped: { livesOn: true } });
    expect(nextStep(lost, context)).toBe('adopt');
    const adopting = after(lost, context, { kind: 'begun', action: { kind: 'adopt', generation: 3, incarnation } });
    const adopted = after(adopting, context, { kind: 'adopted', backend });
    expect(adopted).toMatchObject({ phase: 'started', adopted: true, backend: { generation: 3, handshake: '{}' } });
  });

  it('or a connection whose loss ended the server costs no attempt; one that is lost at once again is given a second', () => {
    const lost: UnitEvent = { kind: 'exited', exit: { ...exit, cause: 'lost' } };
    expect(after(running, at(5_000), lost)).toMatchObject({ dueAt: null, ladder: { attempts: 0 }, restarting: 'order' });
    expect(after(running, at(1_500), lost)).toMatchObject({ dueAt: 2_500, ladder: { attempts: 0 } });
    // What Holdfast ended because it was useless has failed.
    const useless: UnitEvent[] = [
      { kind: 'connection-lost', generation: 3, why: 'its stdout ended' },
      { kind: 'begun', action: { kind: 'stop', generation: 3, why: 'lost', graceMs: 0 } },
    ];
    expect(after(running, at(5_000), ...useless, lost)).toMatchObject({ dueAt: 10_000, ladder: { attempts: 1 } });
  });

  it('holds requests as long as for a crash, then refuses them, and lets all go on when it is back', () => {
    const idle: UnitState = { ...running, phase: 'idle', backend: null, readySince: null, adoptable: backend };
    const away = (state: UnitState, when: number): UnitState =>
      after({ ...state, phase: 'adopting' }, at(when), { kind: 'adopt-deferred', generation: 3, error: unavailable });
    const first = away(idle, 1_000);
    expect(first).toMatchObject({ dueAt: 6_000, ladder: { attempts: 0, nextStartAt: null } });
    expect(servingOf('a', first).serving.kind).toBe('hold');
    const later = away(first, 1_000 + at(0).spec.holdMs);
    expect(servingOf('a', later).serving).toMatchObject({ kind: 'refuse', error: { code: 'HF_RUNTIME_UNAVAILABLE' } });
    expect(nextStep(after(later, at(40_000), { kind: 'engine-back', since: 1_000 }), at(40_000))).toBe('adopt');
  });

  it('and a pause are told of a backend that serves on', () => {
    const paused = after(running, at(5_000), { kind: 'condition', generation: 3, condition: { kind: 'paused' } });
    expect(toStatus('id', paused, 3, 0)).toMatchObject({ lifecycle: 'running', health: 'degraded', reason: { code: 'paused' } });
    const fine = after(paused, at(6_000), { kind: 'condition', generation: 3, condition: { kind: 'fine' } });
    expect(toStatus('id', fine, 3, 0)).toMatchObject({ health: 'healthy', reason: null });
    expect(after(running, at(5_000), { kind: 'condition', generation: 2, condition: { kind: 'paused' } })).toBe(running);
  });
});
