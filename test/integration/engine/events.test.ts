import { describe, expect, it } from 'vitest';
import { engineCall } from '../../support/engine/api.ts';
import { ENGINE_KINDS } from '../../support/engine/engines.ts';
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
