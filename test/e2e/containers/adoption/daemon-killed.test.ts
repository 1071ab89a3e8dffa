import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { closeAll, connectEach } from '../../../support/clients.ts';
import { ENGINE_KINDS, type EngineAddress, engineFor, engineOrSkip } from '../../../support/engine/engines.ts';
import { Outside } from '../../../support/engine/outside.ts';
import { createHome, type Home } from '../../../support/home.ts';
import { RawSession } from '../../../support/raw-client.ts';
import { until } from '../../../support/until.ts';
import { ContainedServer, containersOf, findsEngine } from '../engine-outages/contained-server.ts';
import { endHome } from '../engine-outages/own-engine.ts';

describe.each(ENGINE_KINDS)('on %s', (kind) => {
  let madeEngine: EngineAddress | undefined;
  let madeHome: Home | undefined;
  let stdio: ContainedServer;
  let http: ContainedServer;

  beforeEach(async (ctx) => {
    engineOrSkip(ctx, kind);
    if (madeHome) return;
    const engine = await engineFor(kind);
    const home = await createHome(findsEngine(engine));
    madeEngine = engine;
    madeHome = home;
    stdio = await ContainedServer.run(home, engine, 'adopted-stdio', { flags: ['--restart-stable=0s'] });
    http = await ContainedServer.run(home, engine, 'adopted-http', { kind: 'http', flags: ['--restart-stable=0s'] });
  });
  afterAll(async () => {
    if (madeEngine && madeHome) await endHome(madeEngine, madeHome);
  });

  const there = (): { readonly engine: EngineAddress; readonly home: Home } => {
    if (!madeEngine || !madeHome) throw new Error('they are made before the first test');
    return { engine: madeEngine, home: madeHome };
  };

  it('S22 Holdfast is killed while servers run: same port, same sessions, and what the engine can keep was not restarted', async () => {
    const { home, engine } = there();
    const all = [stdio, http];
    const clients = (await Promise.all(all.map(({ url }) => connectEach(url)))).flat();
    const sessions = clients.map((client) => client.sessionId());
    // Something that only the memory of this process knows.
    await Promise.all(clients.map((client, index) => client.call('add-tool', { name: `remembered-${index}` })));
    const before = await Promise.all(all.map((server) => server.container()));
    const listed = await Promise.all(all.map((server) => server.listed()));
    const { pid, gateway } = await home.daemon();

    await home.killDaemon();
    await home.ok('ls');

    const daemon = await home.daemon();
    expect(daemon.pid).not.toBe(pid);
    expect(daemon.gateway).toEqual(gateway);
    expect(await Promise.all(clients.map((client) => client.text('safe', { tag: 'after' })))).toEqual(clients.map(() => 'safe after'));
    expect(clients.map((client) => client.sessionId())).toEqual(sessions);
    const again = await Promise.all(all.map((server) => server.until('runs', ({ lifecycle }) => lifecycle === 'running')));
    const after = await Promise.all(all.map((server) => server.container()));
    expect(after.map(({ Id }) => Id)).toEqual(before.map(({ Id }) => Id));
    expect(await containersOf(engine, home)).toHaveLength(2);

    const reattached = kind === 'docker';
    expect(after.map(({ State }, index) => State.StartedAt === before[index]?.State.StartedAt)).toEqual([reattached, true]);
    expect(again.map(({ generation }, index) => generation === listed[index]?.generation)).toEqual([reattached, true]);
    expect(again.map(({ restarts }) => restarts)).toEqual([0, 0]);
    expect([stdio.boots(), http.boots()]).toEqual([reattached ? 1 : 2, 1]);
    // Once for each incarnation: some servers refuse a second time, others would forget what they were told.
    expect(stdio.received('initialize')).toHaveLength(stdio.boots());
    expect(stdio.received('notifications/initialized')).toHaveLength(stdio.boots());
    expect(http.received('initialize')).toHaveLength(2);
    const remembered = await Promise.all(clients.map((client) => client.tools()));
    expect(remembered.map((tools) => tools.some((name) => name.startsWith('remembered')))).toEqual([reattached, reattached, true, true]);
    await closeAll(clients);
  });

  it('S22 a call in flight when Holdfast is killed gets its definite answer, and is not executed twice', async () => {
    const { home } = there();
    for (const server of [stdio, http]) {
      const session = await RawSession.open(server.url);
      const call = await session.callStream('unsafe', { tag: 'flight', ms: 60_000 }, {}, 'the-call');
      await until('it is primed', () => call.lastId);
      await server.untilExecuted('unsafe', 'flight');
      await home.killDaemon();
      await until('its connection is broken', () => call.ended);
      await home.ok('ls');
      const resumed = await session.stream(call.lastId);
      const { error } = await resumed.message('the error', (message) => message.error !== undefined);
      expect(error?.data).toMatchObject({ code: 'HF_DAEMON_RESTARTED' });
      resumed.break();
      expect((await session.call('safe', { tag: 'next' })).json?.result).toBeDefined();
      expect(server.executions('unsafe', 'flight')).toBe(1);
    }
  });

  it('S22 what Holdfast was in the middle of saying when it was killed spoils nothing that is said next', async () => {
    const { engine, home } = there();
    const outside = new Outside(engine);
    const session = await RawSession.open(stdio.url);
    const boots = stdio.boots();
    const asked = stdio.received('tools/list').length;
    // A server that reads nothing, and a message that is longer than all that lies between.
    await outside.pause(stdio.name);
    await session.callAndLeave('unsafe', { tag: 'half', padding: 'x'.repeat(3 * 1024 * 1024) });
    await stdio.until('is seen to be paused', ({ reason }) => reason?.code === 'paused');
    await home.killDaemon();
    await outside.unpause(stdio.name);
    await home.ok('ls');
    expect((await session.call('safe', { tag: 'whole' })).json?.result).toBeDefined();
    expect(stdio.boots()).toBe(kind === 'docker' ? boots : boots + 1);
    expect(stdio.executions('unsafe', 'half')).toBe(0);
    // Holdfast's own first question is understood as well.
    await until('it was asked for its tools again', () => stdio.received('tools/list').length > asked);
  });
});
