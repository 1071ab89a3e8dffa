import { describe, expect, it } from 'vitest';
import { ControlWorld, quiet } from '../../simulation/control-world.ts';
import { exit } from '../../simulation/simulated-runtime.ts';
import { workloadSpec } from '../../simulation/workload-spec.ts';

async function isolated(maxSessions = 10): Promise<ControlWorld> {
  const world = new ControlWorld();
  await world.control.create(workloadSpec({ sessions: 'isolated', maxSessions }), quiet);
  return world;
}

const status = (world: ControlWorld) => world.control.get('memory').status;

describe('isolated sessions', () => {
  it('are tried once at the creation; nothing runs before a client comes', async () => {
    const world = await isolated();
    expect(world.runtime.backends).toHaveLength(1);
    expect(world.runtime.alive()).toEqual([]);
    expect(status(world)).toMatchObject({ lifecycle: 'running', everReady: true });
    expect(world.gateway.serving('memory')).toBe('ready');
  });

  it('fail at the creation when the trial fails', async () => {
    const world = new ControlWorld();
    world.gateway.onAttach = () => {
      world.runtime.newest.die(exit.code(2));
      return new Promise(() => undefined);
    };
    await expect(world.control.create(workloadSpec({ sessions: 'isolated' }), quiet)).rejects.toMatchObject({ code: 'HF_START_FAILED' });
    expect(world.control.list()).toEqual([]);
  });

  it('get a backend each, under numbers of their own, and lose it when they end', async () => {
    const world = await isolated();
    world.control.gatewayEvents.needBackend('memory', 'a');
    world.control.gatewayEvents.needBackend('memory', 'b');
    world.control.gatewayEvents.needBackend('memory', 'a');
    await world.clock.advance(0);
    expect(world.runtime.alive().map(({ unit, generation }) => [unit, generation])).toEqual([
      ['a', 2],
      ['b', 3],
    ]);
    world.control.gatewayEvents.releaseBackend('memory', 'a');
    await world.clock.advance(0);
    expect(world.runtime.alive().map((backend) => backend.unit)).toEqual(['b']);
    expect(status(world)).toMatchObject({ lifecycle: 'running', health: 'healthy' });
  });

  it('are restarted one by one; a sweep for one spares the others', async () => {
    const world = await isolated();
    for (const session of ['a', 'b']) world.control.gatewayEvents.needBackend('memory', session);
    await world.clock.advance(20_000);
    world.runtime.backends.find((backend) => backend.unit === 'a')?.die(exit.code(1));
    await world.clock.advance(0);
    expect(world.runtime.alive().map(({ unit, generation }) => [unit, generation])).toEqual([
      ['b', 3],
      ['a', 4],
    ]);
    expect(status(world)).toMatchObject({ restarts: 1, lastExit: { exitCode: 1 } });
    expect(world.gateway.calls.findLast((entry) => entry.call === 'drop')).toMatchObject({ unit: 'a', generation: 2 });
  });

  it('are bounded in number', async () => {
    const world = await isolated(1);
    world.control.gatewayEvents.needBackend('memory', 'a');
    world.control.gatewayEvents.needBackend('memory', 'b');
    await world.clock.advance(0);
    expect(world.runtime.alive()).toHaveLength(1);
    expect(world.gateway.calls.at(-1)).toBeDefined();
    expect(world.gateway.calls).toContainEqual({
      call: 'state',
      workload: 'memory',
      unit: 'b',
      state: { kind: 'refuse', error: expect.objectContaining({ code: 'HF_SESSIONS_FULL' }) },
    });
  });

  it('that are needed again while they end come back', async () => {
    const world = await isolated();
    world.control.gatewayEvents.needBackend('memory', 'a');
    await world.clock.advance(0);
    world.control.gatewayEvents.releaseBackend('memory', 'a');
    world.control.gatewayEvents.needBackend('memory', 'a');
    await world.clock.advance(0);
    expect(world.runtime.alive().map((backend) => backend.unit)).toEqual(['a']);
  });

  it('end with a stop, get nothing while stopped, and are served again after a start', async () => {
    const world = await isolated();
    world.control.gatewayEvents.needBackend('memory', 'a');
    await world.clock.advance(0);
    expect((await world.control.stop('memory', quiet)).status.lifecycle).toBe('stopped');
    world.control.gatewayEvents.needBackend('memory', 'a');
    await world.clock.advance(0);
    expect(world.runtime.alive()).toEqual([]);
    expect(world.gateway.serving('memory', 'a')).toBe('refuse');
    expect((await world.control.start('memory', quiet)).status.lifecycle).toBe('running');
    expect(world.gateway.serving('memory')).toBe('ready');
    world.control.gatewayEvents.needBackend('memory', 'a');
    await world.clock.advance(0);
    expect(world.runtime.alive()).toHaveLength(1);
  });

  it('that fail to come up begin their delays anew after a start, also where one is coming up just then', async () => {
    const world = await isolated();
    world.gateway.onAttach = () => new Promise(() => undefined);
    world.control.gatewayEvents.needBackend('memory', 'a');
    for (let count = 0; count < 4; count += 1) {
      await world.clock.advance(40_000);
      world.runtime.newest.die(exit.code(1));
    }
    await world.clock.advance(60_000);
    expect(world.runtime.alive()).toHaveLength(1);
    const { length } = world.runtime.backends;
    await world.control.start('memory', quiet);
    world.runtime.newest.die(exit.code(1));
    await world.clock.advance(6_000);
    expect(world.runtime.backends).toHaveLength(length + 1);
  });

  it('are replaced by a restart, and all gone after a removal', async () => {
    const world = await isolated();
    for (const session of ['a', 'b']) world.control.gatewayEvents.needBackend('memory', session);
    await world.clock.advance(0);
    await world.control.restart('memory', quiet);
    await world.clock.advance(0);
    expect(world.runtime.alive().map(({ unit, generation }) => [unit, generation])).toEqual([
      ['a', 4],
      ['b', 5],
    ]);
    await world.control.remove('memory', quiet);
    expect([world.runtime.alive(), world.control.list(), world.store.workloads.size]).toEqual([[], [], 0]);
    expect(world.clock.pending).toBe(0);
  });

  it('come back on request after the death of the daemon', async () => {
    const world = await isolated();
    world.control.gatewayEvents.needBackend('memory', 'a');
    await world.clock.advance(0);
    await world.reborn();
    await world.clock.advance(0);
    expect(world.runtime.alive()).toEqual([]);
    expect(world.gateway.serving('memory')).toBe('ready');
    world.control.gatewayEvents.needBackend('memory', 'a');
    await world.clock.advance(0);
    expect(world.runtime.alive()).toHaveLength(1);
  });

  it('can be changed to shared and back', async () => {
    const world = await isolated();
    world.control.gatewayEvents.needBackend('memory', 'a');
    await world.clock.advance(0);
    await world.control.update('memory', workloadSpec({ sessions: 'shared' }), true, quiet);
    await world.clock.advance(0);
    expect(world.runtime.alive().map((backend) => backend.unit)).toEqual([null]);
    await world.control.update('memory', workloadSpec({ sessions: 'isolated' }), true, quiet);
    await world.clock.advance(0);
    expect(world.runtime.alive()).toEqual([]);
    expect(status(world).lifecycle).toBe('running');
  });
});
