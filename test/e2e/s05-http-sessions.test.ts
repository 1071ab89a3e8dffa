import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeAll, connect, connectEach, SDKS, type TestClient } from '../support/clients.ts';
import { Fixture, RESTART_AT_ONCE } from '../support/fixture.ts';
import type { Home } from '../support/home.ts';
import { describeRuntimes, homeOn } from '../support/runtimes.ts';
import type { Conduct } from '../support/servers/fixture-conduct.mjs';

describeRuntimes('the sessions of an HTTP server', (on) => {
  let home: Home;

  beforeAll(async () => {
    home = await homeOn(on);
  });

  afterAll(() => home?.end());

  /** Ids that the server gave out or was called with: none of them may be seen by a client. */
  function backendSessions(server: Fixture): Set<string> {
    return new Set(server.journal().flatMap(({ session }) => (typeof session === 'string' ? [session] : [])));
  }

  /** @param others sessions that were opened meanwhile */
  async function checkResumedOnce(server: Fixture, clients: readonly TestClient[], generations: number, others = 0): Promise<void> {
    const initializes = server.received('initialize');
    expect(initializes).toHaveLength(clients.length * generations + others);
    expect(server.received('notifications/initialized')).toHaveLength(clients.length * generations + others);
    const params = initializes.map((entry) => JSON.stringify(entry.params));
    expect(new Set(params).size).toBe(new Set(params.slice(0, clients.length)).size);
    const seen = backendSessions(server);
    for (const client of clients) expect(seen).not.toContain(client.sessionId());
  }

  const several: readonly [string, Conduct][] = [
    ['404', {}],
    ['400 "No valid session ID"', { unknownSession: 400 }],
    ['404 in JSON', { json: true }],
  ];

  it.each(several)(
    'S05 the restarted HTTP server answers the lost session with %s: initialised anew, once, and the call goes on',
    async (said, conduct) => {
      const server = await Fixture.run(home, `lost-${said.replaceAll(/\W+/g, '').toLowerCase()}`, {
        kind: 'http',
        flags: RESTART_AT_ONCE,
        conduct,
      });
      const clients = await connectEach(server.url, { elicit: () => 'yes' });
      const sessions = clients.map((client) => client.sessionId());
      expect(await Promise.all(clients.map((client) => client.text('unsafe', { tag: 'before' })))).toEqual([
        'unsafe before',
        'unsafe before',
      ]);
      await server.untilBack(await server.kill());
      expect(await Promise.all(clients.map((client) => client.text('unsafe', { tag: 'after' })))).toEqual(['unsafe after', 'unsafe after']);
      for (const client of clients) {
        const who = JSON.parse(await client.text('whoami')) as object;
        expect(who).toMatchObject({ client: client.sdk, capabilities: { elicitation: {} } });
      }
      expect(clients.map((client) => client.sessionId())).toEqual(sessions);
      expect([server.executions('unsafe', 'before'), server.executions('unsafe', 'after')]).toEqual([2, 2]);
      await checkResumedOnce(server, clients, 2);
      await closeAll(clients);
      await server.remove();
    },
  );

  it('S07 the restarted HTTP server boots slowly and refuses connections: the calls wait, then go on', async () => {
    const server = await Fixture.run(home, 'slow', { kind: 'http', flags: RESTART_AT_ONCE });
    const clients = await connectEach(server.url);
    server.behave({ bootMs: 2_000 });
    await server.crash();
    const calls = clients.map((client) => client.text('unsafe', { tag: client.sdk }));
    const later = connectEach(server.url);
    expect(await Promise.all(calls)).toEqual(['unsafe old', 'unsafe new']);
    expect(server.executions('unsafe')).toBe(2);
    await checkResumedOnce(server, clients, 2, (await later).length);
    expect(await Promise.all((await later).map((client) => client.text('unsafe', { tag: client.sdk })))).toEqual([
      'unsafe old',
      'unsafe new',
    ]);
    await closeAll([...clients, ...(await later)]);
    await server.remove();
  });

  it('S06 fifty calls of one session meet the lost session at the same moment: exactly one initialize reaches the server', async () => {
    const server = await Fixture.run(home, 'fifty', { kind: 'http', flags: RESTART_AT_ONCE });
    const clients = await connectEach(server.url);
    server.behave({ bootMs: 1_000 });
    await server.crash();
    const tags = Array.from({ length: 50 }, (_, index) => String(index));
    const calls = clients.flatMap((client) => tags.map((tag) => client.text('unsafe', { tag: client.sdk + tag })));
    expect(await Promise.all(calls)).toEqual(SDKS.flatMap((sdk) => tags.map((tag) => `unsafe ${sdk}${tag}`)));
    expect(server.executions('unsafe')).toBe(100);
    await checkResumedOnce(server, clients, 2);
    await closeAll(clients);
  });

  // The rest differs in nothing between the engines, and Podman takes its time.
  if (on === 'podman') return;

  it.each(SDKS)(
    'S05 a restarted HTTP server with one session only answers 400 "Server not initialized": %s client goes on',
    async (sdk) => {
      const server = await Fixture.run(home, `one-${sdk}`, { kind: 'http', flags: RESTART_AT_ONCE, conduct: { oneSession: true } });
      const client = await connect(sdk, server.url);
      await client.tools();
      for (const generation of [2, 3]) {
        await server.untilBack(await server.kill());
        expect(await client.text('unsafe', { tag: String(generation) })).toBe(`unsafe ${generation}`);
        await checkResumedOnce(server, [client], generation);
      }
      await client.close();
      await server.remove();
    },
  );

  it('S06 fifty calls of five sessions meet a server that is killed under them: one initialize for each session and generation', async () => {
    const server = await Fixture.run(home, 'sessions', { kind: 'http', flags: RESTART_AT_ONCE, conduct: { unknownSession: 400 } });
    const clients = await Promise.all(Array.from({ length: 5 }, (_, index) => connect(SDKS[index % 2] ?? 'old', server.url)));
    await Promise.all(clients.map((client) => client.tools()));
    for (const generation of [2, 3]) {
      await server.kill();
      const calls = clients.flatMap((client) =>
        Array.from({ length: 10 }, (_, index) => client.text('safe', { tag: `${generation}-${index}` })),
      );
      await Promise.all(calls);
      await checkResumedOnce(server, clients, generation);
    }
    await closeAll(clients);
  });

  it('an HTTP server without sessions: clients have one of Holdfast, and it survives', async () => {
    const server = await Fixture.run(home, 'stateless', { kind: 'http', flags: RESTART_AT_ONCE, conduct: { stateless: true } });
    const client = await connect('old', server.url);
    expect(client.sessionId()).toMatch(/^[0-9a-f]{32}$/);
    await client.tools();
    await server.kill();
    expect(await client.text('safe', { tag: 'x' })).toBe('safe x');
    expect(backendSessions(server)).toEqual(new Set());
    await client.close();
  });
});
