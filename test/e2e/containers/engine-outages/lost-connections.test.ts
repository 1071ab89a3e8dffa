import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { closeAll, connectEach, failure } from '../../../support/clients.ts';
import { ENGINE_KINDS, type EngineAddress, engineFor, engineOrSkip } from '../../../support/engine/engines.ts';
import { type FaultProxy, startFaultProxy } from '../../../support/engine/fault-proxy.ts';
import { createHome, type Home } from '../../../support/home.ts';
import { until } from '../../../support/until.ts';
import { ContainedServer, containersOf, findsEngine } from './contained-server.ts';
import { endHome } from './own-engine.ts';

describe.each(ENGINE_KINDS)('on %s', (kind) => {
  let engine: EngineAddress | undefined;
  let proxy: FaultProxy | undefined;
  let home: Home | undefined;

  beforeEach(async (ctx) => {
    engineOrSkip(ctx, kind);
    engine ??= await engineFor(kind);
    proxy ??= await startFaultProxy(engine);
    home ??= await createHome(findsEngine(proxy));
  });
  afterAll(async () => {
    try {
      if (engine && home) await endHome(engine, home);
    } finally {
      await proxy?.end();
    }
  });

  /** Breaks the connection to the server's stdin and stdout; resolves when there is another one. */
  async function lose(): Promise<void> {
    expect(proxy?.cutStreams(/\/attach/)).toBe(1);
    await until('there is another connection', () => proxy?.open(/\/attach/) === 1);
  }

  it('S18 the connection to a container is lost while it lives: the same process where the engine can, and definite answers', async () => {
    if (!engine || !home) throw new Error('they are made before each test');
    const server = await ContainedServer.run(home, engine, 'lost-stdio', { flags: ['--restart-stable=0s'] });
    const clients = await connectEach(server.url);
    const sessions = clients.map((client) => client.sessionId());
    const [one, other] = clients;
    if (!one || !other) throw new Error('there are two SDKs');
    await one.call('add-tool', { name: 'remembered' });
    const before = await server.container();
    const { generation, restarts } = await server.listed();

    const unsafe = failure(one.call('unsafe', { tag: 'flight', ms: 1_000 }));
    const safe = other.text('safe', { tag: 'flight', firstMs: 60_000 });
    await server.untilExecuted('unsafe', 'flight');
    await server.untilExecuted('safe', 'flight');
    await lose();
    // What may not be repeated fails and says so; what may be is repeated.
    expect((await unsafe).data).toMatchObject({ code: 'HF_BACKEND_LOST', mayHaveExecuted: true });
    expect(await safe).toBe('safe flight');
    expect(server.executions('unsafe', 'flight')).toBe(1);
    expect(server.executions('safe', 'flight')).toBe(2);

    const after = await server.container();
    const listed = await server.until('runs', ({ lifecycle }) => lifecycle === 'running');
    expect(after.Id).toBe(before.Id);
    expect(await containersOf(engine, home)).toHaveLength(1);
    const same = kind === 'docker';
    expect(after.State.StartedAt === before.State.StartedAt).toBe(same);
    expect(server.boots()).toBe(same ? 1 : 2);
    expect(listed.generation === generation).toBe(same);
    if (same) expect(listed.restarts).toBe(restarts);
    expect((await one.tools()).includes('remembered')).toBe(same);
    // It was told once who Holdfast is, in each of its lives.
    expect(server.received('initialize')).toHaveLength(server.boots());

    // The answer that nobody waits for any more goes to nobody.
    if (same)
      await until('the old call has ended', () => server.journal().some(({ what, tool }) => what === 'finished' && tool === 'unsafe'));
    expect(await Promise.all(clients.map((client) => client.text('unsafe', { tag: 'later' })))).toEqual(['unsafe later', 'unsafe later']);

    const types = (await home.events()).filter(({ workload }) => workload === server.name).map(({ type }) => type);
    expect(types.filter((type) => type === 'backend.adopted')).toHaveLength(same ? 1 : 0);
    if (same) expect(types).not.toContain('backend.exited');

    expect(clients.map((client) => client.sessionId())).toEqual(sessions);
    await closeAll(clients);
    await home.ok('rm', server.name);
  });

  it('S18 the connection is lost again and again: where the server can be attached to again, that costs nothing', async () => {
    if (!engine || !home) throw new Error('they are made before each test');
    const server = await ContainedServer.run(home, engine, 'lost-often', { flags: ['--restart-stable=0s'] });
    const [client] = await connectEach(server.url);
    if (!client) throw new Error('there is a client');
    for (let round = 1; round <= 3; round += 1) {
      await lose();
      expect(await client.text('safe', { tag: `round ${round}` })).toBe(`safe round ${round}`);
      expect(server.boots()).toBe(kind === 'docker' ? 1 : round + 1);
    }
    // Under Podman the loss is the end of the server's stdin, and most servers end with that, as if by themselves.
    if (kind === 'docker') expect(await server.listed()).toMatchObject({ restarts: 0, reason: null });
    await home.ok('rm', server.name);
    await client.close();
  });

  it('S18 an HTTP server does not care', async () => {
    if (!engine || !home || !proxy) throw new Error('they are made before each test');
    const server = await ContainedServer.run(home, engine, 'lost-http', { kind: 'http' });
    const clients = await connectEach(server.url);
    const calls = clients.map((client) => client.text('unsafe', { tag: 'flight', ms: 500 }));
    await server.untilExecuted('unsafe', 'flight');
    await proxy.cut();
    expect(await Promise.all(calls)).toEqual(['unsafe flight', 'unsafe flight']);
    await proxy.restore();
    expect(server.boots()).toBe(1);
    await server.until('is within reach again', ({ status }) => status === 'running');
    await closeAll(clients);
  });
});
