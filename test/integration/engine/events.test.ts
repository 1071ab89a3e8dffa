import { describe, expect, it, onTestFinished } from 'vitest';
import { createEngineClient } from '../../../src/runtimes/engine/client/engine-client.ts';
import { engineCall } from '../../support/engine/api.ts';
import { ENGINE_KINDS } from '../../support/engine/engines.ts';
import { startFaultProxy } from '../../support/engine/fault-proxy.ts';
import { until } from '../../support/until.ts';
import { actions, ownKit, sharedKit, watch } from './engine-kit.ts';

describe.each(ENGINE_KINDS)('the events of %s', (kind) => {
  it('tell a life in the same words on both engines', async (ctx) => {
    const kit = await sharedKit(ctx, kind);
    const { client, engine, order } = kit;
    const { told, turns } = watch(kit);
    await until('it watches', () => turns.includes('connected'));
    const id = await client.containers.create(await order('exit 3'));
    await client.containers.start(id);
    const die = await until('it dies', () => told.find(({ action }) => action === 'die'));
    expect(die).toMatchObject({
      id,
      name: kit.name,
      exitCode: 3,
      labels: expect.objectContaining(kit.labels),
      stamp: expect.stringMatching(/^\d{10}\.\d{9}$/),
    });
    expect(Math.abs(die.at - Date.now())).toBeLessThan(15_000);
    await client.containers.remove(id, { force: true, volumes: true });
    await until('it is gone', () => told.some(({ action }) => action === 'destroy'));
    expect(actions(told)).toEqual(['create', 'start', 'die', 'destroy']);
    // Of others nothing is told.
    const stranger = await client.containers.create(await order('true', { name: `${kit.name}-x`, labels: {} }));
    const own = await client.containers.create(await order('true'));
    await until('the next one of its own', () => told.find((event) => event.id === own));
    expect(told.some((event) => event.id === stranger)).toBe(false);
    await engineCall(engine, { method: 'DELETE', path: `/containers/${stranger}?force=1` });
  });

  it('are told from the last one on after a loss: none lost, none doubled', async (ctx) => {
    const kit = await ownKit(ctx, kind);
    const { client, own, order } = kit;
    const { told, turns } = watch(kit);
    await until('it watches', () => turns.includes('connected'));
    const id = await client.containers.create(await order('exec sleep 1000'));
    await client.containers.start(id);
    await until('the start', () => told.some(({ action }) => action === 'start'));
    await own.restart();
    await until('it watches again', () => turns.filter((turn) => turn === 'connected').length === 2);
    expect(turns).toEqual(['connected', 'lost: unavailable', 'connected']);
    await client.containers.remove(id, { force: true, volumes: true });
    await until('the removal', () => told.some(({ action }) => action === 'destroy'));
    const keys = told.map(({ stamp, action }) => `${stamp} ${action}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(actions(told).filter((action) => action === 'create')).toEqual(['create']);
    expect(actions(told).filter((action) => action === 'die')).toEqual(['die']);
  });

  it('of the time in which the connection was cut are told afterwards, each once', async (ctx) => {
    const kit = await sharedKit(ctx, kind);
    const proxy = await startFaultProxy(kit.engine);
    const client = createEngineClient({ address: { address: `unix://${proxy.socket}`, tls: null } });
    onTestFinished(async () => {
      client.close();
      await proxy.end();
    });
    const { told, turns } = watch({ ...kit, client });
    await until('it watches', () => turns.includes('connected'));
    const id = await kit.run('exec sleep 1000');
    await until('the start', () => told.some(({ action }) => action === 'start'));
    await proxy.cut();
    await until('the loss is told', () => turns.length === 2);
    await kit.client.containers.kill(id, 'SIGKILL');
    await until('it has ended', async () => (await kit.client.containers.inspect(id))?.status === 'exited');
    await kit.client.containers.remove(id, { force: true, volumes: true });
    await proxy.restore();
    await until('the removal', () => told.some(({ action }) => action === 'destroy'));
    expect(turns).toEqual(['connected', 'lost: unavailable', 'connected']);
    const own = new Set(['create', 'start', 'die', 'destroy']);
    expect(actions(told).filter((action) => own.has(action))).toEqual(['create', 'start', 'die', 'destroy']);
    expect(told.find(({ action }) => action === 'die')?.exitCode).toBe(137);
  });

  it('go on being asked for while the engine is away', async (ctx) => {
    const kit = await ownKit(ctx, kind);
    const { turns, close } = watch(kit);
    await until('it watches', () => turns.includes('connected'));
    await kit.own.kill();
    await until('the loss is told', () => turns.length === 2);
    await expect(kit.client.containers.inspect('x')).rejects.toMatchObject({ kind: 'unavailable' });
    await kit.own.start();
    await until('it watches again', () => turns.length === 3);
    expect(turns).toEqual(['connected', 'lost: unavailable', 'connected']);
    close();
    await kit.own.kill();
    await expect(kit.client.system.ping()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(turns).toHaveLength(3);
  });
});
