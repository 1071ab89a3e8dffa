import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeAll, connectEach, failure, SDKS, type TestClient } from '../support/clients.ts';
import { Fixture, RESTART_AT_ONCE } from '../support/fixture.ts';
import { createHome, type Home } from '../support/home.ts';

/** The essence of Holdfast, quick enough to be run on every Node that it promises: with processes, which are there on every machine. */
let home: Home;

beforeAll(async () => {
  home = await createHome();
});

afterAll(() => home.end());

it('stdio and HTTP servers are killed, then Holdfast itself: sessions, calls and answers are what they were promised to be', async () => {
  const servers = await Promise.all([
    Fixture.run(home, 'stdio', { flags: RESTART_AT_ONCE }),
    Fixture.run(home, 'http', { kind: 'http', flags: RESTART_AT_ONCE }),
  ]);
  const pairs = await Promise.all(servers.map(async (server) => ({ server, clients: await connectEach(server.url) })));
  const all = pairs.flatMap(({ clients }) => clients);
  const sessions = all.map((client) => client.sessionId());

  await Promise.all(pairs.map(async ({ server, clients }) => checkCrash(server, clients)));

  await home.killDaemon();
  await home.ok('ls');
  expect(await Promise.all(all.map((client) => client.text('unsafe', { tag: 'after' })))).toEqual(all.map(() => 'unsafe after'));
  expect(all.map((client) => client.sessionId())).toEqual(sessions);
  for (const server of servers) expect([server.executions('unsafe'), server.executions('safe')]).toEqual([6, 4]);
  await closeAll(all);

  await home.ok('rm', '--all');
  expect(JSON.parse(await home.ok('ls', '-a', '--format', 'json'))).toEqual([]);
  expect(servers.flatMap(({ name }) => home.processes(name))).toEqual([]);
});

async function checkCrash(server: Fixture, clients: readonly TestClient[]): Promise<void> {
  const tools = await Promise.all(clients.map((client) => client.tools()));
  const unsafe = clients.map((client) => failure(client.call('unsafe', { tag: client.sdk, ms: 60_000 })));
  const safe = clients.map((client) => client.text('safe', { tag: client.sdk, firstMs: 60_000 }));
  await Promise.all(SDKS.flatMap((sdk) => [server.untilExecuted('unsafe', sdk), server.untilExecuted('safe', sdk)]));
  server.behave({ bootMs: 500 });
  const { generation } = await server.crash();
  const held = clients.map((client) => client.text('unsafe', { tag: 'held' }));
  for (const error of await Promise.all(unsafe))
    expect(error).toMatchObject({ code: -31_000, data: { code: 'HF_BACKEND_LOST', generation, signal: 'SIGKILL', mayHaveExecuted: true } });
  expect(await Promise.all(safe)).toEqual(['safe old', 'safe new']);
  expect(await Promise.all(held)).toEqual(['unsafe held', 'unsafe held']);
  expect(await Promise.all(clients.map((client) => client.tools()))).toEqual(tools);
}
