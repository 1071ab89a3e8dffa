import { describe, expect, it } from 'vitest';
import { type ControlWorld, inBackoff, quiet, running } from '../../simulation/control-world.ts';
import { gate } from '../../simulation/gate.ts';
import { exit } from '../../simulation/simulated-runtime.ts';
import { workloadSpec } from '../../simulation/workload-spec.ts';
import { HoldfastError } from '../core/errors/holdfast-error.ts';

const lifecycle = (world: ControlWorld): string => world.control.get('memory').status.lifecycle;
const year = 365 * 86_400_000;

describe('stop', () => {
  it('during backoff cancels it for good (S23)', async () => {
    const world = await inBackoff();
    await world.control.stop('memory', quiet);
    expect(lifecycle(world)).toBe('stopped');
    await world.clock.advance(year);
    expect(world.runtime.backends).toHaveLength(1);
    expect(world.store.workloads.get('memory')).toMatchObject({ spec: { desired: 'stopped' }, status: { lifecycle: 'stopped' } });
  });

  it('of what has already exited succeeds and disarms supervision (S25)', async () => {
    const world = await running();
    world.runtime.newest.die(exit.code(1));
    await world.control.stop('memory', quiet);
    await world.clock.advance(year);
    expect(world.runtime.backends).toHaveLength(1);
    expect(lifecycle(world)).toBe('stopped');
  });

  it('twice is one stop, and both succeed (S46)', async () => {
    const world = await running();
    const views = await Promise.all([world.control.stop('memory', quiet), world.control.stop('memory', quiet)]);
    expect(views.map((view) => view.status.lifecycle)).toEqual(['stopped', 'stopped']);
    expect(world.runtime.newest.stops).toEqual([10_000]);
    await world.control.stop('memory', quiet);
  });

  it('while it starts calls the start off and leaves nothing running (S46)', async () => {
    const world = await inBackoff();
    const held = gate();
    world.runtime.onStart = () => held.opened;
    const starting = world.control.start('memory', quiet).catch((error: unknown) => error);
    await world.clock.advance(0);
    const stopping = world.control.stop('memory', quiet);
    expect(await starting).toMatchObject({ code: 'HF_CANCELLED' });
    expect(lifecycle(world)).toBe('stopping');
    held.open();
    expect((await stopping).status.lifecycle).toBe('stopped');
    expect(world.runtime.alive()).toEqual([]);
    await world.clock.advance(year);
    expect(world.runtime.alive()).toEqual([]);
  });

  it('while a start is under way that heeds no signal ends what it made', async () => {
    const world = await inBackoff();
    const held = gate();
    const start = world.runtime.start.bind(world.runtime);
    world.runtime.start = async (order) => {
      await held.opened;
      return start({ ...order, signal: new AbortController().signal });
    };
    const starting = world.control.start('memory', quiet).catch(() => undefined);
    await world.clock.advance(0);
    const stopping = world.control.stop('memory', quiet);
    held.open();
    await Promise.all([starting, stopping]);
    expect(world.runtime.backends).toHaveLength(2);
    expect(world.runtime.alive()).toEqual([]);
  });

  it('is bounded by its grace, told first to the gateway, and refuses requests meanwhile (S43)', async () => {
    const world = await running();
    const backend = world.runtime.newest;
    backend.onStop = (graceMs) =>
      new Promise((resolve) => {
        world.clock.after(graceMs, () => {
          backend.die(exit.signal('SIGKILL'));
          resolve();
        });
      });
    const stopping = world.control.stop('memory', quiet, 3_000);
    await world.clock.advance(0);
    expect(world.gateway.serving('memory')).toBe('refuse');
    expect(lifecycle(world)).toBe('stopping');
    await world.clock.advance(3_000);
    expect((await stopping).status).toMatchObject({ lifecycle: 'stopped', lastExit: { cause: 'stopped', signal: 'SIGKILL' } });
  });

  it('says when something cannot be ended, and goes on trying', async () => {
    const world = await running();
    const backend = world.runtime.newest;
    const obey = backend.onStop;
    backend.onStop = () => Promise.reject(new HoldfastError('HF_INTERNAL', { what: 'EPERM' }));
    await expect(world.control.stop('memory', quiet)).rejects.toMatchObject({ message: 'EPERM' });
    expect(lifecycle(world)).toBe('stopping');
    backend.onStop = obey;
    await world.clock.advance(5_000);
    expect(lifecycle(world)).toBe('stopped');
  });

  it('followed by a start at once ends in a running server', async () => {
    const world = await running();
    const stopping = world.control.stop('memory', quiet).catch((error: unknown) => error);
    const started = world.control.start('memory', quiet);
    expect(await stopping).toMatchObject({ code: 'HF_CANCELLED' });
    expect((await started).status.lifecycle).toBe('running');
    expect(world.runtime.alive()).toHaveLength(1);
    expect(world.store.workloads.get('memory')?.spec.desired).toBe('running');
  });
});

describe('start', () => {
  it('of what runs changes nothing', async () => {
    const world = await running();
    await world.control.start('memory', quiet);
    expect(world.runtime.backends).toHaveLength(1);
  });

  it('resets the ladder and does not wait for the backoff', async () => {
    const world = await inBackoff();
    const view = await world.control.start('memory', quiet);
    expect(view.status).toMatchObject({ lifecycle: 'running', ladder: { attempts: 0, step: 0 } });
  });

  it('says at once that its first attempt failed, while the restart policy goes on', async () => {
    const world = await running();
    await world.control.stop('memory', quiet);
    world.runtime.onStart = () => Promise.reject(new HoldfastError('HF_SPAWN_FAILED', { what: 'EAGAIN' }));
    await expect(world.control.start('memory', quiet)).rejects.toMatchObject({ code: 'HF_SPAWN_FAILED' });
    world.runtime.onStart = () => Promise.resolve();
    await world.clock.advance(5_000);
    expect(lifecycle(world)).toBe('running');
  });
});

describe('restart', () => {
  it('holds requests, replaces the generation, and counts as no crash', async () => {
    const world = await running();
    const view = await world.control.restart('memory', quiet);
    expect(view.status).toMatchObject({
      lifecycle: 'running',
      generation: 2,
      restarts: 0,
      lastExit: { cause: 'stopped' },
      ladder: { attempts: 0 },
    });
    const states = world.gateway.calls.filter((entry) => entry.call === 'state');
    expect(states.every((entry) => entry.state.kind === 'hold')).toBe(true);
    expect(world.runtime.alive()).toHaveLength(1);
  });

  it('starts what is stopped', async () => {
    const world = await running();
    await world.control.stop('memory', quiet);
    expect((await world.control.restart('memory', quiet)).spec.desired).toBe('running');
    expect(world.runtime.alive()).toHaveLength(1);
  });
});

describe('update', () => {
  it('keeps id, URL and what is desired, and restarts only when asked to', async () => {
    const world = await running();
    const spec = workloadSpec({ holdMs: 1_000, desired: 'stopped' });
    await world.control.update('memory', spec, false, quiet);
    expect(world.runtime.backends).toHaveLength(1);
    const view = await world.control.update('memory', { ...spec, args: ['x'] }, true, quiet);
    expect(view).toMatchObject({ spec: { args: ['x'], desired: 'running' }, status: { lifecycle: 'running', generation: 2 } });
    expect(world.gateway.opened.get('memory')).toMatchObject({ args: ['x'] });
    expect(world.store.workloads.get('memory')?.spec).toMatchObject({ args: ['x'], desired: 'running' });
    await expect(world.control.update('memory', { ...spec, id: 'other' }, true, quiet)).rejects.toMatchObject({ code: 'HF_CANCELLED' });
  });

  it('changes nothing when it cannot be written', async () => {
    const world = await running();
    world.store.onWrite = (what) =>
      what === 'spec' ? Promise.reject(new HoldfastError('HF_STATE_WRITE', { what: 'ENOSPC' })) : Promise.resolve();
    await expect(world.control.update('memory', workloadSpec({ args: ['x'] }), true, quiet)).rejects.toMatchObject({
      code: 'HF_STATE_WRITE',
    });
    expect(world.control.get('memory').spec.args).toEqual([]);
    world.store.onWrite = () => Promise.resolve();
    await world.clock.advance(60_000);
    expect(world.runtime.backends).toHaveLength(1);
    expect(world.store.workloads.get('memory')?.spec.args).toEqual([]);
  });

  it('that a stop overtakes leaves the new spec, stopped', async () => {
    const world = await running();
    const held = gate();
    world.store.onWrite = (what) => (what === 'spec' ? held.opened : Promise.resolve());
    const updating = world.control.update('memory', workloadSpec({ args: ['x'] }), true, quiet).catch((error: unknown) => error);
    const stopping = world.control.stop('memory', quiet);
    held.open();
    await Promise.all([updating, stopping]);
    expect(world.runtime.alive()).toEqual([]);
    expect(world.store.workloads.get('memory')?.spec).toMatchObject({ args: ['x'], desired: 'stopped' });
  });
});

describe('reading', () => {
  it('writes nothing (S40)', async () => {
    const world = await running();
    await world.clock.advance(0);
    const { writes } = world.store;
    for (let count = 0; count < 100; count += 1) {
      world.control.list();
      world.control.get('memory');
      world.control.find('memory');
    }
    await world.clock.advance(0);
    expect(world.store.writes).toBe(writes);
  });
});
