import { describe, expect, it } from 'vitest';
import { type ControlWorld, running } from '../../simulation/control-world.ts';
import { exit } from '../../simulation/simulated-runtime.ts';
import { workloadSpec } from '../../simulation/workload-spec.ts';
import { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { RestartMode } from '../core/workload/policy.ts';
import type { WorkloadSpec } from '../core/workload/spec.ts';

const stable = 20_000;

function withRestart(restart: Partial<WorkloadSpec['restart']>): Partial<WorkloadSpec> {
  return { restart: { ...workloadSpec().restart, ...restart } };
}

const status = (world: ControlWorld) => world.control.get('memory').status;

describe('an exit', () => {
  it('is told to the gateway before the next generation is attached (S01, S02)', async () => {
    const world = await running();
    await world.clock.advance(stable);
    world.runtime.newest.lines = ['boom'];
    world.runtime.newest.die(exit.code(3));
    await world.clock.advance(0);
    const calls = world.gateway.calls.filter((entry) => entry.call === 'attach' || entry.call === 'drop');
    expect(calls.map((entry) => `${entry.call} ${entry.generation}`)).toEqual(['attach 1', 'drop 1', 'attach 2']);
    const drop = calls[1];
    if (drop?.call !== 'drop') throw new Error('no drop');
    expect(drop.verdict.nextStartAt).toBeNull();
    expect(drop.verdict.exit).toMatchObject({ generation: 1, cause: 'exited', exitCode: 3, lastLines: ['boom'] });
    expect(status(world)).toMatchObject({ lifecycle: 'running', restarts: 1, generation: 2, lastExit: { exitCode: 3 } });
    expect(world.events.types()).toEqual([
      'workload.created',
      'backend.starting',
      'backend.ready',
      'backend.exited',
      'backend.starting',
      'backend.ready',
    ]);
  });

  it('does not wait for log lines longer than 100 ms', async () => {
    const world = await running();
    await world.clock.advance(stable);
    world.runtime.newest.lastLines = () => new Promise(() => undefined);
    world.runtime.newest.die(exit.oom());
    await world.clock.advance(100);
    expect(status(world)).toMatchObject({ lifecycle: 'running', generation: 2, lastExit: { cause: 'oom', oom: true, lastLines: [] } });
  });

  it('keeps log lines for the status, but sends none to clients when told so', async () => {
    const world = await running({ errorLogLines: 0 });
    await world.clock.advance(stable);
    world.runtime.newest.lines = ['secret plans'];
    world.runtime.newest.die(exit.code(1));
    await world.clock.advance(0);
    const drop = world.gateway.calls.find((entry) => entry.call === 'drop');
    expect(drop).toMatchObject({ verdict: { exit: { lastLines: [] } } });
    expect(status(world).lastExit?.lastLines).toEqual(['secret plans']);
  });

  it('before stable is followed by the ladder, shown with its next start, and held by the gateway', async () => {
    const world = await running();
    world.runtime.newest.die(exit.code(0));
    await world.clock.advance(0);
    expect(status(world)).toMatchObject({ lifecycle: 'backoff', ladder: { attempts: 1, nextStartAt: world.clock.now() + 5_000 } });
    expect(world.gateway.calls.at(-1)).toMatchObject({ call: 'state', state: { kind: 'hold', nextStartAt: world.clock.now() + 5_000 } });
    await world.clock.advance(4_999);
    expect(world.runtime.backends).toHaveLength(1);
    await world.clock.advance(1);
    expect(world.runtime.backends).toHaveLength(2);
    expect(status(world).lifecycle).toBe('running');
  });

  it('right after each start ends in failed after ten restarts, with exit code and last output (S08)', async () => {
    const world = await running();
    const starts: number[] = [];
    let last = world.clock.monotonic();
    for (let count = 0; count < 20 && status(world).lifecycle !== 'failed'; count += 1) {
      const backend = world.runtime.newest;
      backend.lines = [`attempt ${count}`];
      backend.die(exit.code(0));
      await world.clock.advance(0);
      const wait = world.clock.untilNext ?? 0;
      await world.clock.advance(wait);
      if (world.runtime.newest !== backend) starts.push(world.clock.monotonic() - last);
      last = world.clock.monotonic();
    }
    expect(starts).toEqual([5, 10, 20, 40, 60, 60, 60, 60, 60, 60].map((seconds) => seconds * 1_000));
    expect(status(world)).toMatchObject({
      lifecycle: 'failed',
      reason: { code: 'attempts-exhausted' },
      lastExit: { exitCode: 0, lastLines: ['attempt 10'] },
      restarts: 10,
      failedBoot: 'boot',
    });
    expect(world.gateway.serving('memory')).toBe('refuse');
    await world.clock.advance(86_400_000);
    expect(world.runtime.backends).toHaveLength(11);
    expect(world.events.types().filter((type) => type === 'workload.crash-looping')).toHaveLength(1);
    expect(world.events.types().at(-1)).toBe('workload.failed');
  });

  it('every minute for an hour is slowed down, shown as crash-looping, and calm again later (S09)', async () => {
    const world = await running();
    const waits: number[] = [];
    for (let minute = 0; minute < 60; minute += 1) {
      await world.clock.advance(60_000);
      world.runtime.newest.die(exit.code(1));
      await world.clock.advance(0);
      waits.push(status(world).ladder.nextStartAt === null ? 0 : (status(world).ladder.nextStartAt ?? 0) - world.clock.now());
      if (minute === 30) expect(status(world).reason?.code).toBe('crash-looping');
      await world.clock.advance(waits.at(-1) ?? 0);
      expect(status(world).lifecycle).toBe('running');
    }
    expect(waits.slice(0, 8)).toEqual([0, 0, 0, 0, 0, 5_000, 10_000, 20_000]);
    await world.clock.advance(1_300_000);
    expect(status(world)).toMatchObject({ lifecycle: 'running', reason: null, ladder: { attempts: 0, step: 0 } });
  });

  it.each<[RestartMode, number, string]>([
    ['on-failure', 0, 'stopped'],
    ['on-failure', 1, 'running'],
    ['never', 0, 'stopped'],
    ['never', 1, 'failed'],
    ['always', 0, 'running'],
    ['unless-stopped', 0, 'running'],
  ])('under %s with exit code %i: %s', async (mode, code, lifecycle) => {
    const world = await running(withRestart({ mode }));
    await world.clock.advance(stable);
    world.runtime.newest.die(exit.code(code));
    await world.clock.advance(0);
    expect(status(world).lifecycle).toBe(lifecycle);
    expect(world.gateway.serving('memory')).toBe(lifecycle === 'running' ? 'ready' : 'refuse');
  });

  it('that nobody wrote down counts as a failure', async () => {
    const world = await running(withRestart({ mode: 'on-failure' }));
    await world.clock.advance(stable);
    world.runtime.newest.die(exit.unknown());
    await world.clock.advance(0);
    expect(status(world).lifecycle).toBe('running');
  });
});

describe('a restart', () => {
  it('that never becomes ready is ended, counts as an attempt, and is tried again later (S10)', async () => {
    const world = await running();
    world.gateway.onAttach = () => new Promise(() => undefined);
    await world.clock.advance(stable);
    world.runtime.newest.die(exit.code(1));
    await world.clock.advance(0);
    expect(status(world).lifecycle).toBe('restarting');
    await world.clock.advance(60_000);
    expect(world.runtime.alive()).toEqual([]);
    expect(status(world)).toMatchObject({ lifecycle: 'backoff', lastExit: { cause: 'not-ready' }, ladder: { attempts: 2, step: 1 } });
    expect(world.events.types()).toContain('backend.not-ready');
    world.gateway.onAttach = () => Promise.resolve();
    await world.clock.advance(5_000);
    expect(status(world)).toMatchObject({ lifecycle: 'running', generation: 3 });
  });

  it('that cannot get better fails at once with its reason', async () => {
    const world = await running();
    await world.clock.advance(stable);
    world.runtime.onStart = () => Promise.reject(new HoldfastError('HF_COMMAND_NOT_FOUND', { what: '/bin/server does not exist' }));
    world.runtime.newest.die(exit.code(1));
    await world.clock.advance(0);
    expect(status(world)).toMatchObject({
      lifecycle: 'failed',
      reason: { code: 'HF_COMMAND_NOT_FOUND', message: '/bin/server does not exist' },
    });
  });

  it('waits for its port, and for an engine without spending attempts', async () => {
    const world = await running();
    await world.clock.advance(stable);
    world.runtime.onStart = () => Promise.reject(new HoldfastError('HF_PORT_TAKEN', { what: 'port 3000 is taken' }));
    world.runtime.newest.die(exit.code(1));
    await world.clock.advance(0);
    expect(status(world)).toMatchObject({ lifecycle: 'backoff', reason: { code: 'HF_PORT_TAKEN' } });
    const { attempts } = status(world).ladder;
    world.runtime.onStart = () => Promise.reject(new HoldfastError('HF_RUNTIME_UNAVAILABLE', { what: 'the engine does not answer' }));
    await world.clock.advance(600_000);
    expect(status(world)).toMatchObject({ lifecycle: 'backoff', reason: { code: 'HF_RUNTIME_UNAVAILABLE' }, ladder: { attempts } });
    expect(world.gateway.serving('memory')).toBe('refuse');
    world.runtime.onStart = () => Promise.resolve();
    await world.clock.advance(5_000);
    expect(status(world).lifecycle).toBe('running');
  });

  it('kills what a dead generation left behind', async () => {
    const world = await running();
    await world.clock.advance(stable);
    const child = await world.runtime.start({ spec: workloadSpec(), generation: 1, unit: null, signal: new AbortController().signal });
    world.runtime.backends[0]?.die(exit.code(1));
    await world.clock.advance(0);
    expect(child.alive).toBe(false);
    expect(world.runtime.alive().map((backend) => backend.generation)).toEqual([2]);
  });

  it('sweeps obsolete generations first and does not touch others', async () => {
    const world = await running();
    const order: string[] = [];
    world.runtime.onSweep = async () => void order.push('sweep');
    world.runtime.onStart = async () => void order.push('start');
    await world.clock.advance(stable);
    world.runtime.newest.die(exit.code(1));
    await world.clock.advance(0);
    expect(order).toEqual(['sweep', 'start']);
  });

  it('follows a connection that is useless although its process lives', async () => {
    const world = await running();
    await world.clock.advance(stable);
    world.control.gatewayEvents.connectionLost('memory', null, 7, 'another generation');
    expect(status(world).lifecycle).toBe('running');
    world.control.gatewayEvents.connectionLost('memory', null, 1, 'stdout was closed');
    await world.clock.advance(0);
    expect(status(world)).toMatchObject({ lifecycle: 'running', generation: 2, lastExit: { cause: 'lost', generation: 1 } });
  });

  it('waits by the monotonic clock when the wall clock jumps (S31)', async () => {
    const world = await running();
    world.runtime.newest.die(exit.code(1));
    await world.clock.advance(0);
    world.clock.jump(-3_600_000);
    await world.clock.advance(5_000);
    expect(status(world).lifecycle).toBe('running');
    world.clock.jump(8 * 3_600_000);
    await world.clock.advance(1_000);
    expect(world.runtime.backends).toHaveLength(2);
    world.runtime.newest.die(exit.code(1));
    await world.clock.advance(0);
    // Time asleep made no stable run of it.
    expect(status(world).lifecycle).toBe('backoff');
  });
});
