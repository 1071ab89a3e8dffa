import { describe, expect, it } from 'vitest';
import { ControlWorld, quiet } from '../../simulation/control-world.ts';
import { exit } from '../../simulation/simulated-runtime.ts';
import { workloadSpec } from '../../simulation/workload-spec.ts';
import { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { WorkloadSpec } from '../core/workload/spec.ts';

const http: Partial<WorkloadSpec> = { transport: 'streamable-http' };

/** A world in which one workload runs, everything is on disk, and the daemon is about to die. */
async function running(differences: Partial<WorkloadSpec> = {}): Promise<ControlWorld> {
  const world = new ControlWorld();
  await world.control.create(workloadSpec(differences), quiet);
  await world.clock.advance(20_000);
  return world;
}

const status = (world: ControlWorld) => world.control.get('memory').status;

describe('after the death of a daemon (S21, S22)', () => {
  it('an HTTP server is adopted, not restarted, and its sessions are still good', async () => {
    const world = await running(http);
    await world.reborn();
    await world.clock.advance(0);
    expect(world.runtime.backends).toHaveLength(1);
    expect(world.gateway.calls).toContainEqual({ call: 'attach', workload: 'memory', unit: null, generation: 1, adopted: true });
    expect(status(world)).toMatchObject({ lifecycle: 'running', restarts: 0, backend: { generation: 1 } });
    expect(world.events.types().at(-1)).toBe('backend.adopted');
    // Its run went on: an exit now comes after a stable run.
    world.runtime.newest.die(exit.code(1));
    await world.clock.advance(0);
    expect(status(world)).toMatchObject({ lifecycle: 'running', restarts: 1 });
  });

  it('a stdio server is killed and started anew, without an attempt, under a number that was never used', async () => {
    const world = await running();
    await world.reborn();
    await world.clock.advance(0);
    expect(world.runtime.alive()).toHaveLength(1);
    expect(world.runtime.backends).toHaveLength(2);
    expect(status(world)).toMatchObject({ lifecycle: 'running', restarts: 0, ladder: { attempts: 0 } });
    expect(world.runtime.newest.generation).toBeGreaterThan(2);
  });

  it('requests are held before anything is started', async () => {
    const world = await running();
    world.runtime.onStart = () => new Promise(() => undefined);
    await world.reborn();
    expect(world.gateway.serving('memory')).toBe('hold');
    await world.clock.advance(0);
    expect(status(world).lifecycle).toBe('restarting');
  });

  it('what was stopped stays stopped, and its orphans are killed', async () => {
    const world = await running();
    await world.control.stop('memory', quiet);
    await world.clock.advance(0);
    await world.runtime.start({ spec: workloadSpec(), generation: 9, unit: null, signal: new AbortController().signal });
    await world.reborn();
    await world.clock.advance(86_400_000);
    expect(world.runtime.alive()).toEqual([]);
    expect(status(world).lifecycle).toBe('stopped');
    expect(world.gateway.serving('memory')).toBe('refuse');
  });

  it('a death in the middle of a start leaves no second server (S21)', async () => {
    const world = await running();
    const start = world.runtime.start.bind(world.runtime);
    // The process was made, but the daemon died before it heard of it.
    world.runtime.start = async (order) => {
      await start(order);
      return new Promise(() => undefined);
    };
    world.runtime.newest.die(exit.code(1));
    await world.clock.advance(0);
    expect(world.runtime.alive()).toHaveLength(1);
    const orphan = world.runtime.newest;
    world.runtime.start = start;
    await world.reborn();
    await world.clock.advance(0);
    expect(orphan.alive).toBe(false);
    expect(world.runtime.alive()).toHaveLength(1);
    expect(world.runtime.newest.generation).toBeGreaterThan(orphan.generation);
  });

  it('a status that was lost costs nothing but history', async () => {
    const world = await running();
    const stored = world.store.workloads.get('memory');
    if (stored) stored.status = null;
    await world.reborn();
    await world.clock.advance(0);
    expect(status(world)).toMatchObject({ lifecycle: 'running', everReady: true });
  });

  it('waits for an engine that starts later, and adopts then (S20)', async () => {
    const world = await running(http);
    const adopt = world.runtime.adopt.bind(world.runtime);
    world.runtime.adopt = () => Promise.reject(new HoldfastError('HF_RUNTIME_UNAVAILABLE', { what: 'the engine does not answer' }));
    await world.reborn();
    await world.clock.advance(60_000);
    expect(status(world)).toMatchObject({ lifecycle: 'backoff', reason: { code: 'HF_RUNTIME_UNAVAILABLE' }, ladder: { attempts: 0 } });
    expect(world.gateway.serving('memory')).toBe('refuse');
    world.runtime.adopt = adopt;
    await world.clock.advance(5_000);
    expect(status(world)).toMatchObject({ lifecycle: 'running', reason: null });
    expect(world.runtime.backends).toHaveLength(1);
  });

  it('a taken port of its own keeps a workload from nothing: it is tried each second (S27)', async () => {
    const world = await running({ proxyPort: 9_000 });
    const { workloads } = await world.store.load();
    const reborn = new ControlWorld();
    reborn.gateway.onOpen = () => Promise.reject(new HoldfastError('HF_PORT_TAKEN', { what: 'taken' }));
    await reborn.control.restore(workloads);
    await reborn.clock.advance(3_000);
    expect(reborn.control.get('memory')).toMatchObject({ url: null, status: { lifecycle: 'running' } });
    reborn.gateway.onOpen = () => Promise.resolve();
    await reborn.clock.advance(1_000);
    expect(reborn.control.get('memory').url).not.toBeNull();
  });

  it('two boot at a time, and a slow one makes room after two seconds', async () => {
    const world = new ControlWorld();
    for (let count = 0; count < 6; count += 1) await world.control.create(workloadSpec({ id: `id-${count}`, name: `w${count}` }), quiet);
    await world.clock.advance(20_000);
    const { workloads } = await world.store.load();
    const reborn = new ControlWorld();
    reborn.gateway.onAttach = () => new Promise(() => undefined);
    await reborn.control.restore(workloads);
    await reborn.clock.advance(0);
    expect(reborn.runtime.backends).toHaveLength(2);
    expect(reborn.gateway.opened.size).toBe(6);
    await reborn.clock.advance(2_000);
    expect(reborn.runtime.backends).toHaveLength(4);
    // Whoever asks for one by name does not wait for the others.
    const asked = reborn.control.start('w5', quiet).catch(() => undefined);
    await reborn.clock.advance(0);
    expect(reborn.runtime.newest.workloadId).toBe('id-5');
    await reborn.control.stop('w5', quiet);
    await asked;
  });
});

describe('failed', () => {
  it('survives a restart of the daemon, is reset once by a new boot, and by start', async () => {
    const world = await running();
    world.runtime.onStart = () => Promise.reject(new HoldfastError('HF_COMMAND_NOT_FOUND', { what: 'gone' }));
    world.runtime.newest.die(exit.code(1));
    await world.clock.advance(0);
    expect(status(world).lifecycle).toBe('failed');
    world.runtime.onStart = () => Promise.resolve();
    await world.reborn();
    await world.clock.advance(86_400_000);
    expect(status(world)).toMatchObject({ lifecycle: 'failed', reason: { code: 'HF_COMMAND_NOT_FOUND' } });
    expect(world.gateway.serving('memory')).toBe('refuse');
    world.bootId = 'next boot';
    await world.reborn();
    await world.clock.advance(0);
    expect(status(world).lifecycle).toBe('running');
  });
});

describe('a backoff', () => {
  it('goes on where it was, at most for the length of its step', async () => {
    const world = await running();
    world.runtime.newest.die(exit.code(1));
    await world.clock.advance(0);
    world.runtime.newest.die(exit.code(1));
    await world.clock.advance(0);
    await world.clock.advance(3_000);
    expect(status(world).lifecycle).toBe('backoff');
    await world.reborn();
    await world.clock.advance(1_999);
    expect(world.runtime.alive()).toEqual([]);
    expect(status(world)).toMatchObject({ lifecycle: 'backoff', ladder: { attempts: 2, step: 1 } });
    world.clock.jump(-86_400_000);
    await world.reborn();
    await world.clock.advance(5_000);
    expect(status(world).lifecycle).toBe('running');
  });
});

describe('a stop of the daemon', () => {
  it('ends all servers while what is desired stays, and the next daemon brings them back', async () => {
    const world = await running(http);
    await world.control.shutdown({ keepBackends: false });
    expect(world.runtime.alive()).toEqual([]);
    expect(world.store.workloads.get('memory')).toMatchObject({
      spec: { desired: 'running' },
      status: { lifecycle: 'stopped', backend: null, reason: { code: 'daemon-stopped' } },
    });
    expect(world.clock.pending).toBe(0);
    await expect(world.control.start('memory', quiet)).rejects.toMatchObject({ code: 'HF_CANCELLED' });
    await world.reborn();
    await world.clock.advance(0);
    expect(status(world)).toMatchObject({ lifecycle: 'running', restarts: 0 });
  });

  it('leaves running what can be adopted, when told to, and nothing else', async () => {
    const world = await running(http);
    await world.control.create(workloadSpec({ id: 'id-2', name: 'stdio' }), quiet);
    await world.control.shutdown({ keepBackends: true });
    expect(world.runtime.alive().map((backend) => backend.workloadId)).toEqual(['id-1']);
    await world.reborn();
    await world.clock.advance(0);
    expect(status(world)).toMatchObject({ lifecycle: 'running', backend: { generation: 1 } });
    expect(world.runtime.alive()).toHaveLength(2);
  });

  it('removes what was never ready, and writes nothing afterwards', async () => {
    const world = await running();
    world.gateway.onAttach = () => new Promise(() => undefined);
    const creating = world.control.create(workloadSpec({ id: 'id-2', name: 'new' }), quiet).catch((error: unknown) => error);
    await world.clock.advance(0);
    await world.control.shutdown({ keepBackends: false });
    expect(await creating).toMatchObject({ code: 'HF_CANCELLED' });
    expect([...world.store.workloads.keys()]).toEqual(['memory']);
    const { writes } = world.store;
    await world.clock.advance(86_400_000);
    expect(world.store.writes).toBe(writes);
    expect(world.runtime.alive()).toEqual([]);
  });
});
