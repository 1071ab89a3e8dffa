import { describe, expect, it } from 'vitest';
import type { ContainerState } from '../client/containers/container-state.ts';
import { judgeRun, type Look, type RunFacts } from './run-verdict.ts';

const STARTED = '2026-11-24T10:00:00.123456789Z';

const state = (more: Partial<ContainerState> = {}): ContainerState => ({
  id: 'c1',
  name: 'x',
  status: 'exited',
  uncleaned: false,
  running: false,
  stopping: false,
  paused: false,
  pid: null,
  exitCode: 1,
  oomKilled: false,
  error: '',
  startedAt: STARTED,
  finishedAt: '2026-11-24T10:05:00.5Z',
  health: null,
  labels: {},
  imageId: 'i',
  tty: false,
  openStdin: true,
  mounts: [],
  memoryLimit: 67_108_864,
  ports: [],
  networks: [],
  ...more,
});
const running = state({ status: 'running', running: true, exitCode: null, finishedAt: null });

const judge = (look: Look, facts: Partial<RunFacts> = {}): unknown =>
  judgeRun(look, {
    kind: 'docker',
    startedAt: STARTED,
    hearsay: { dieCode: undefined, byOther: false },
    diedForMs: null,
    lostForMs: null,
    hintForMs: null,
    outage: false,
    inOutage: () => false,
    ...facts,
  });

describe('a run of a container', () => {
  it('lives while the engine says so', () => expect(judge(running)).toEqual({ kind: 'lives' }));

  it('is gone only where the engine says that it has no such container, or removes it', () => {
    for (const look of [null, state({ status: 'removing' }), state({ status: 'dead' })]) {
      expect(judge(look)).toMatchObject({ kind: 'ended', how: 'removed', exit: { cause: 'removed' } });
    }
    expect(judge('unavailable')).toEqual({ kind: 'lives' });
  });

  it('has exited where it does not run: a stopped container exists', () => {
    expect(judge(state())).toMatchObject({ kind: 'ended', how: 'exited', exit: { cause: 'exited', exitCode: 1 } });
    expect(judge(state({ exitCode: 137 }))).toMatchObject({ exit: { cause: 'signalled', exitCode: null, signal: 'SIGKILL' } });
    expect(
      judge(state({ status: 'restarting', running: true, exitCode: null }), { hearsay: { dieCode: 3, byOther: false } }),
    ).toMatchObject({
      exit: { cause: 'exited', exitCode: 3 },
    });
  });

  it('was killed for memory with the flag and code 137 only', () => {
    expect(judge(state({ oomKilled: true, exitCode: 137 }))).toMatchObject({ exit: { cause: 'oom', oom: true, memoryLimit: 67_108_864 } });
    expect(judge(state({ oomKilled: true, exitCode: 5 }))).toMatchObject({ exit: { cause: 'exited', exitCode: 5, oom: true } });
    expect(judge(state({ exitCode: 137 }))).toMatchObject({ exit: { oom: false } });
  });

  it('was restarted where the same container has another start time', () => {
    const other = { ...running, startedAt: '2026-11-24T10:09:00Z' };
    expect(judge(other, { hearsay: { dieCode: 143, byOther: true } })).toMatchObject({
      how: 'restarted',
      exit: { cause: 'signalled', signal: 'SIGTERM', byOther: true },
    });
    expect(judge(other)).toMatchObject({ how: 'restarted', exit: { cause: 'unknown' } });
  });

  it('was ended by its engine where it finished within an outage', () => {
    const at = Date.parse('2026-11-24T10:05:00.5Z');
    expect(judge(state({ exitCode: 0 }), { inOutage: (time) => time === at })).toMatchObject({ exit: { cause: 'engine', exitCode: 0 } });
    expect(judge('unavailable', { outage: true, diedForMs: 5, hearsay: { dieCode: 0, byOther: true } })).toMatchObject({
      exit: { cause: 'engine' },
    });
  });

  it('is asked about again where signs and state do not agree yet', () => {
    expect(judge(running, { diedForMs: 5 })).toEqual({ kind: 'ask-again' });
    expect(judge(running, { diedForMs: 5_000 })).toEqual({ kind: 'lives' });
    expect(judge(running, { lostForMs: 5 })).toEqual({ kind: 'ask-again' });
    expect(judge(running, { hintForMs: 5 })).toEqual({ kind: 'ask-again' });
    expect(judge(running, { hintForMs: 500 })).toEqual({ kind: 'lives' });
    expect(judge('unavailable', { hintForMs: 5 })).toEqual({ kind: 'lives' });
    expect(judge('unavailable', { lostForMs: 5 })).toEqual({ kind: 'ask-again' });
  });

  it('is detached where only the connection is lost, within a second', () => {
    expect(judge(running, { lostForMs: 999 })).toEqual({ kind: 'detached', because: 'attachment' });
    expect(judge('unavailable', { lostForMs: 999 })).toEqual({ kind: 'detached', because: 'engine' });
  });
});
