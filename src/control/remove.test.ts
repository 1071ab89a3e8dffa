import { describe, expect, it } from 'vitest';
import { ControlWorld, inBackoff, quiet, running } from '../../simulation/control-world.ts';
import { gate } from '../../simulation/gate.ts';
import { exit } from '../../simulation/simulated-runtime.ts';
import { workloadSpec } from '../../simulation/workload-spec.ts';
import { HoldfastError } from '../core/errors/holdfast-error.ts';

const year = 365 * 86_400_000;

describe('remove', () => {
  it('during backoff resurrects nothing (S24)', async () => {
    const world = await inBackoff();
    await world.control.remove('memory', quiet);
    await world.clock.advance(year);
    expect(world.runtime.backends).toHaveLength(1);
    expect(world.store.workloads.size).toBe(0);
    expect(world.clock.pending).toBe(0);
    expect(() => world.control.get('memory')).toThrow('There is no workload named "memory"');
  });

  it('while it starts leaves nothing', async () => {
    const world = await inBackoff();
    const held = gate();
    world.runtime.onStart = () => held.opened;
    await world.clock.advance(5_000);
    const removing = world.control.remove('memory', quiet);
    await expect(world.control.start('memory', quiet)).rejects.toMatchObject({ code: 'HF_WORKLOAD_UNKNOWN' });
    held.open();
    await removing;
    expect([world.runtime.alive(), world.store.workloads.size, world.gateway.opened.size]).toEqual([[], 0, 0]);
  });

  it('overtakes the creation that is under way', async () => {
    const world = new ControlWorld();
    const held = gate();
    world.runtime.onStart = () => held.opened;
    const creating = world.control.create(workloadSpec(), quiet).catch((error: unknown) => error);
    await world.clock.advance(0);
    const removing = world.control.remove('memory', quiet);
    held.open();
    expect(await creating).toMatchObject({ code: 'HF_CANCELLED' });
    await removing;
    expect([world.control.list(), world.runtime.alive(), world.store.workloads.size]).toEqual([[], [], 0]);
  });

  it('twice succeeds twice, and of an unknown name says so', async () => {
    const world = await running();
    await Promise.all([world.control.remove('memory', quiet), world.control.remove('memory', quiet)]);
    await expect(world.control.remove('memory', quiet)).rejects.toMatchObject({ code: 'HF_WORKLOAD_UNKNOWN' });
  });

  it('and create of one name, fifty times: the old supervisor never writes the new state (S26)', async () => {
    const world = new ControlWorld();
    await world.control.create(workloadSpec({ id: 'id-0' }), quiet);
    for (let round = 1; round <= 50; round += 1) {
      const old = world.runtime.newest;
      if (round % 3 === 0) old.die(exit.code(1));
      if (round % 5 === 0) old.lastLines = () => new Promise(() => undefined);
      const removing = world.control.remove('memory', quiet);
      const creating = world.control.create(workloadSpec({ id: `id-${round}` }), quiet);
      await world.clock.advance(100);
      await Promise.all([removing, creating]);
      world.control.gatewayEvents.connectionLost('memory', null, 0, 'late');
      await world.clock.advance(0);
      expect(world.store.workloads.get('memory')).toMatchObject({
        spec: { id: `id-${round}` },
        status: { specId: `id-${round}`, lifecycle: 'running', generation: 1 },
      });
      expect(world.runtime.alive().map((backend) => backend.workloadId)).toEqual([`id-${round}`]);
    }
    expect(world.log.errors).toEqual([]);
  });

  it('waits for a write that is under way, which would bring the workload back', async () => {
    const world = await running();
    await world.clock.advance(0);
    const held = gate();
    world.store.onWrite = (what) => (what === 'remove' ? Promise.resolve() : held.opened);
    const removing = world.control.remove('memory', quiet);
    await world.clock.advance(0);
    held.open();
    await removing;
    expect(world.store.workloads.size).toBe(0);
  });

  it('waits for the gateway that is just opening for it', async () => {
    const world = new ControlWorld();
    const held = gate();
    world.gateway.onOpen = () => held.opened;
    const creating = world.control.create(workloadSpec(), quiet).catch((error: unknown) => error);
    await world.clock.advance(0);
    const removing = world.control.remove('memory', quiet);
    await world.clock.advance(0);
    held.open();
    await removing;
    expect(await creating).toMatchObject({ code: 'HF_CANCELLED' });
    expect([...world.gateway.opened.keys()]).toEqual([]);
    expect(world.runtime.backends).toEqual([]);
  });

  it('tells whoever watches', async () => {
    const world = await running();
    const seen: (string | null)[] = [];
    const unwatch = world.control.watch((_name, view) => seen.push(view?.status.lifecycle ?? null));
    await world.control.remove('memory', quiet);
    unwatch();
    expect(seen.at(-1)).toBeNull();
    expect(seen.filter((entry) => entry === null)).toHaveLength(1);
  });

  it('that fails can be tried again', async () => {
    const world = await running();
    world.runtime.onForget = () => Promise.reject(new HoldfastError('HF_STATE_WRITE', { what: 'EROFS' }));
    await expect(world.control.remove('memory', quiet)).rejects.toMatchObject({ code: 'HF_STATE_WRITE' });
    await expect(world.control.create(workloadSpec({ id: 'id-2' }), quiet)).rejects.toMatchObject({ code: 'HF_NAME_TAKEN' });
    world.runtime.onForget = () => Promise.resolve();
    await world.control.remove('memory', quiet);
    expect(world.control.list()).toEqual([]);
  });
});
