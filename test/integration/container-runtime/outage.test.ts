import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Condition } from '../../../src/core/ports/runtime.ts';
import type { WorkloadSpec } from '../../../src/core/workload/spec.ts';
import { ENGINE_KINDS, engineOrSkip, type PrivateEngine, startEngine } from '../../support/engine/engines.ts';
import { type FaultProxy, startFaultProxy } from '../../support/engine/fault-proxy.ts';
import { FastClock } from '../../support/fast-clock.ts';
import { type ContainerKit, collect, containersOf, idOf, makeKit, networksOf, outside, until } from './container-kit.ts';

describe.each(ENGINE_KINDS)('while the engine is away: %s', (kind) => {
  // One for all of them: each leaves it as it was.
  let engine: PrivateEngine;
  let proxy: FaultProxy;
  let kit: ContainerKit;
  let clock: FastClock;
  const news: string[] = [];

  beforeEach(async (ctx) => {
    engineOrSkip(ctx, kind);
    engine ??= await startEngine(kind);
    proxy = await startFaultProxy(engine);
    clock = new FastClock();
    kit = await makeKit(engine, { socket: proxy.socket, clock });
    news.length = 0;
  });
  afterEach(async () => {
    await proxy?.restore();
    await kit?.close();
    await proxy?.end();
  });
  afterAll(async () => {
    await engine?.end();
  });

  const http = (): WorkloadSpec => kit.spec(['http-probe'], { transport: 'streamable-http' });
  const watch = (spec: WorkloadSpec): void => {
    kit.runtime.watch?.(spec, {
      appeared: () => news.push('appeared'),
      removed: () => news.push('removed'),
      lost: () => {
        if (news.at(-1) !== 'lost') news.push('lost');
      },
      back: () => news.push('back'),
    });
  };
  const conditions = (backend: { observe?(listener: (condition: Condition) => void): void }): string[] => {
    const seen: string[] = [];
    backend.observe?.((condition) => seen.push(condition.kind));
    return seen;
  };
  const isPending = async (promise: Promise<unknown>, ms: number): Promise<boolean> =>
    (await Promise.race([promise, new Promise((resolve) => setTimeout(resolve, ms, 'pending'))])) === 'pending';

  it('nothing is concluded of an HTTP server, which lives on (S16)', async () => {
    const spec = http();
    const backend = await kit.start(spec);
    watch(spec);
    const seen = conditions(backend);
    await proxy.cut();
    await until('the loss', () => seen.at(-1) === 'unreachable');
    await expect(
      kit.runtime.start({ spec: { ...spec, id: 'other', name: 'other' }, generation: 1, unit: null, signal: new AbortController().signal }),
    ).rejects.toMatchObject({ code: 'HF_RUNTIME_UNAVAILABLE' });
    await expect(kit.runtime.forget(spec)).rejects.toMatchObject({ code: 'HF_RUNTIME_UNAVAILABLE' });
    await expect(backend.stop(100)).rejects.toMatchObject({ code: 'HF_RUNTIME_UNAVAILABLE' });
    expect(await isPending(backend.exited, 300)).toBe(true);
    await proxy.restore();
    await until('its return', () => news.includes('back') && seen.at(-1) === 'fine');
    expect(await isPending(backend.exited, 300)).toBe(true);
    expect(news).toEqual(['lost', 'back']);
  });

  it('what was started between two outages, too short to be seen as two, is known to be out of reach (S17)', {
    timeout: 60_000,
  }, async () => {
    const spec = http();
    await kit.start(spec);
    watch(spec);
    await proxy.cut();
    await until('the loss', () => kit.entries.some(({ message }) => message.includes('does not answer')));
    // By now it is looked for every few seconds only.
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    await proxy.restore();
    const seen = conditions(await kit.start(spec));
    await proxy.cut();
    await until('the second loss', () => seen.at(-1) === 'unreachable');
    await proxy.restore();
    await until('its return', () => news.includes('back') && seen.at(-1) === 'fine');
    expect(seen.at(-1)).toBe('fine');
  });

  it('a stdio server is detached, and taken over again where the engine can (S18)', async () => {
    const spec = kit.spec(['probe', 'err=up', 'echo']);
    const backend = await kit.start(spec, 5);
    const seen = collect(backend);
    await until('its start', async () => (await backend.lastLines(1))[0] === 'up');
    const begun = performance.now();
    expect(proxy.cutStreams(/\/attach/)).toBe(1);
    const exit = await backend.exited;
    expect(performance.now() - begun).toBeLessThan(1_000);
    expect(seen.ended).toBe(exit.livesOn !== true && kind === 'podman' && exit.cause !== 'lost');
    if (kind === 'docker') {
      expect(exit).toMatchObject({ cause: 'lost', livesOn: true });
      const again = await kit.runtime.adopt(spec, backend.incarnation, 5);
      expect(again?.incarnation).toEqual(backend.incarnation);
      return;
    }
    // Its stdin is closed: it ends by itself, or is ended.
    expect(exit.livesOn).toBeUndefined();
    const second = await kit.start(spec, 6);
    expect(idOf(second)).toBe(idOf(backend));
  });

  it('the loss of the connection to a stdio server is laid at the door of the engine (S16)', async () => {
    const spec = kit.spec(['probe', 'err=up', 'echo']);
    const backend = await kit.start(spec, 5);
    await until('its start', async () => (await backend.lastLines(1))[0] === 'up');
    watch(spec);
    const begun = performance.now();
    await proxy.cut();
    expect(await backend.exited).toMatchObject({ cause: 'engine', livesOn: true });
    expect(performance.now() - begun).toBeLessThan(1_500);
    await expect(kit.runtime.adopt(spec, backend.incarnation, 5)).rejects.toMatchObject({ code: 'HF_RUNTIME_UNAVAILABLE' });
    await proxy.restore();
    await until('its return', () => news.includes('back'));
    const again = await kit.runtime.adopt(spec, backend.incarnation, 5);
    if (kind === 'docker') expect(again?.incarnation).toEqual(backend.incarnation);
    else {
      expect(again).toBeNull();
      expect(await kit.runtime.recordedExit?.(spec.name, 5)).toMatchObject({ cause: expect.stringMatching(/^(engine|lost)$/) });
      expect(idOf(await kit.start(spec, 6))).toBe(idOf(backend));
    }
  });

  it('what ended meanwhile was ended by the engine (S16)', async () => {
    const spec = http();
    const backend = await kit.start(spec);
    watch(spec);
    await engine.powerOff();
    await until('the loss', () => kit.entries.some(({ message }) => message.includes('does not answer')));
    await engine.start();
    expect(await backend.exited).toMatchObject({ cause: 'engine' });
    await until('its return', () => news.includes('back'));
    const second = await kit.start(spec);
    expect(idOf(second)).toBe(idOf(backend));
    expect(await containersOf(engine, kit.instance)).toHaveLength(1);
  });

  it('an engine that is stopped still takes connections, and is known to be away at the next listing', async () => {
    const spec = http();
    const backend = await kit.start(spec);
    await engine.pause();
    try {
      await expect(kit.runtime.forget(spec)).rejects.toMatchObject({ code: 'HF_RUNTIME_UNAVAILABLE' });
      expect(await isPending(backend.exited, 100)).toBe(true);
    } finally {
      engine.resume();
    }
  });

  it('an event that is lost is found by the listing (S19)', async () => {
    const [spec, other] = [http(), kit.spec(['http-probe'], { name: `o-${kit.instance.slice(0, 8)}`, transport: 'streamable-http' })];
    const [dies, goes] = [await kit.start(spec), await kit.start(other)];
    proxy.dropEvents(() => true);
    // What else would tell of a death.
    proxy.cutStreams(/\/attach/);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await outside(engine, idOf(dies), 'kill');
    await outside(engine, idOf(goes), 'rm');
    expect(await isPending(dies.exited, 1_000)).toBe(true);
    await clock.pass(30_000);
    expect(await dies.exited).toMatchObject({ cause: 'signalled', signal: 'SIGKILL' });
    expect(await goes.exited).toMatchObject({ cause: 'removed' });
  });

  it.each([
    ['Docker', 409, (id: string) => `task ${id}: already exists`],
    [
      'Podman',
      500,
      (id: string) => `plugin type="bridge" failed (add): 10.1.2.3 has been allocated to ${id}, duplicate allocation is not allowed`,
    ],
  ] as const)(
    'a container that an engine was killed in the middle of starting, and can start no more, is made anew (S16): in the words of %s',
    async (_engine, status, words) => {
      const spec = http();
      const first = await kit.start(spec);
      await outside(engine, idOf(first), 'kill');
      await first.exited;
      proxy.answer(new RegExp(`^POST .*/containers/${idOf(first)}/start`), status, words(idOf(first)));
      const second = await kit.start(spec);
      expect(idOf(second)).not.toBe(idOf(first));
      expect(await containersOf(engine, kit.instance)).toMatchObject([{ Id: idOf(second), State: 'running' }]);
    },
  );

  it('a network is made although an interface of the machine went while the engine looked at it', async () => {
    proxy.answer(/^POST .*\/networks\/create/, 500, 'route ip+net: no such network interface');
    const started = kit.start(http());
    await until('the second try', () => proxy.requests.filter(({ path }) => path.endsWith('/networks/create')).length > 1);
    await proxy.restore();
    await started;
    expect(await networksOf(engine, kit.instance)).toHaveLength(1);
  });

  it('a container that ends while Podman is to remove it goes all the same', async () => {
    const spec = http();
    const id = idOf(await kit.start(spec));
    const words = `cannot remove container ${id} as it could not be stopped: sending SIGKILL to container ${id}: container state improper: stopped`;
    proxy.answer(new RegExp(`^DELETE .*/containers/${id}`), 500, words);
    const forgotten = kit.runtime.forget(spec);
    const asked = (): number => proxy.requests.filter(({ method, path }) => method === 'DELETE' && path.includes(id)).length;
    await until('the second try', () => asked() > 1);
    await proxy.restore();
    await forgotten;
    expect(await containersOf(engine, kit.instance)).toEqual([]);
  });

  it('a network that a busy engine holds on to for a moment goes all the same (S30)', async () => {
    const spec = http();
    await kit.start(spec);
    proxy.answer(/^DELETE .*\/networks\//, 403, 'error while removing network: network x id y has active endpoints');
    const forgotten = kit.runtime.forget(spec);
    const asked = (): number => proxy.requests.filter(({ method, path }) => method === 'DELETE' && path.includes('/networks/')).length;
    await until('the second try', () => asked() > 1);
    await proxy.restore();
    await forgotten;
    expect(await containersOf(engine, kit.instance)).toEqual([]);
    expect(await networksOf(engine, kit.instance)).toEqual([]);
  });

  it('one stream and a listing every 30 s is all that it is asked while nothing happens (S44)', async () => {
    await kit.start(http());
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const asked = proxy.requests.length;
    await clock.pass(65_000, 15);
    expect(proxy.requests.slice(asked).map(({ path }) => path.replace(/\?.*/, '').replace(/^\/v[\d.]+/, ''))).toEqual([
      '/containers/json',
      '/containers/json',
    ]);
    expect(proxy.open(/\/events/)).toBe(1);
  });
});
