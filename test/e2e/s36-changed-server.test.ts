import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeAll, connect, connectEach, failure, type TestClient, untilListening } from '../support/clients.ts';
import { Fixture, RESTART_AT_ONCE } from '../support/fixture.ts';
import type { Home } from '../support/home.ts';
import { RawSession } from '../support/raw-client.ts';
import { describeRuntimes, homeOn } from '../support/runtimes.ts';
import { until } from '../support/until.ts';

describeRuntimes('a server that has changed', (on) => {
  let home: Home;

  beforeAll(async () => {
    home = await homeOn(on);
  });

  afterAll(() => home?.end());

  const changes = (client: TestClient): string[] =>
    client.notifications.map(({ method }) => method).filter((method) => method.endsWith('/list_changed'));

  it.each(['stdio', 'http'] as const)(
    'S36 the restarted %s server has other tools: every client that listens is told once, and sees them',
    async (kind) => {
      const server = await Fixture.run(home, `tools-${kind}`, { kind, flags: RESTART_AT_ONCE });
      const clients = await connectEach(server.url);
      await Promise.all(clients.map(untilListening));
      const before = await Promise.all(clients.map((client) => client.tools()));
      server.behave({ extraTools: ['brand-new'] });
      await server.kill();
      await until('both are told', () => clients.every((client) => changes(client).length > 0));
      for (const [index, client] of clients.entries()) expect(await client.tools()).toEqual([...(before[index] ?? []), 'brand-new']);
      expect(await clients[0]?.text('brand-new')).toBe('brand-new');

      // The same again changes nothing: the next generation has equal lists, and nobody is told.
      await server.untilBack(await server.kill());
      for (const client of clients) expect(await client.tools()).toContain('brand-new');
      expect(clients.map(changes)).toEqual([['notifications/tools/list_changed'], ['notifications/tools/list_changed']]);
      await closeAll(clients);
      await server.remove();
    },
  );

  // The rest differs in nothing between the engines, and Podman takes its time.
  if (on === 'podman') return;

  it('S36 while the changed server boots the old list is answered, afterwards the new one', async () => {
    const server = await Fixture.run(home, 'memory', { flags: [...RESTART_AT_ONCE, '--hold=1s'] });
    const client = await connect('new', server.url);
    const before = await client.tools();
    server.behave({ extraTools: ['later'], bootMs: 3_000 });
    await server.crash();
    expect(await client.tools()).toEqual(before);
    await home.untilWorkload(server.name, 'runs', ({ lifecycle }) => lifecycle === 'running');
    expect(await client.tools()).toEqual([...before, 'later']);
    await client.close();
  });

  it.each(['stdio', 'http'] as const)(
    'S36 the restarted %s server speaks an older revision: sessions go on, new ones get that revision',
    async (kind) => {
      const server = await Fixture.run(home, `older-${kind}`, { kind, flags: RESTART_AT_ONCE });
      const clients = await connectEach(server.url);
      expect(clients.map((client) => client.protocolVersion())).toEqual(['2025-11-25', '2025-11-25']);
      server.behave({ protocolVersion: '2025-06-18' });
      await server.untilBack(await server.kill());
      expect(await Promise.all(clients.map((client) => client.text('unsafe', { tag: client.sdk })))).toEqual(['unsafe old', 'unsafe new']);
      const later = await connect('old', server.url);
      expect(later.protocolVersion()).toBe('2025-06-18');
      // Upstream each request names the revision that the server chose.
      const spoken = server.journal().findLast(({ what, rpc }) => what === 'http' && rpc === 'tools/call');
      if (kind === 'http') expect(spoken?.['headers']).toMatchObject({ 'mcp-protocol-version': '2025-06-18' });
      await closeAll([...clients, later]);
      await server.remove();
    },
  );

  it('S36 the restarted HTTP server speaks a revision that no client of sessions can: an explained error, then 404', async () => {
    const server = await Fixture.run(home, 'revision', { kind: 'http', flags: RESTART_AT_ONCE });
    const session = await RawSession.open(server.url);
    server.behave({ claimedVersion: '2099-01-01' });
    await server.untilBack(await server.kill());
    const { status, json } = await session.call('safe');
    expect({ status, error: json?.error }).toMatchObject({ status: 200, error: { code: -31_015, data: { code: 'HF_VERSION_LOST' } } });
    expect((await session.call('safe')).status).toBe(404);
    await server.remove();
  });

  it('a living server that changes its tools: clients are told once, and a call of a tool that is gone is an error of the server', async () => {
    const server = await Fixture.run(home, 'living', { flags: RESTART_AT_ONCE });
    const clients = await connectEach(server.url);
    await Promise.all(clients.map(untilListening));
    await Promise.all(clients.map((client) => client.tools()));
    await clients[0]?.call('add-tool', { name: 'added' });
    await until('both are told', () => clients.every((client) => changes(client).length > 0));
    for (const client of clients) expect(await client.tools()).toContain('added');
    await server.kill();
    await until('both are told that it is gone', () => clients.every((client) => changes(client).length > 1));
    for (const client of clients) expect(await client.tools()).not.toContain('added');
    const [old] = clients;
    const gone = await old?.call('added').catch(() => failure(old.call('added')));
    expect(JSON.stringify(gone)).toContain('added');
    expect(clients.map((client) => changes(client).length)).toEqual([2, 2]);
    await closeAll(clients);
  });
});
