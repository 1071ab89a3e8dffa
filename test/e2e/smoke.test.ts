import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeAll, connectEach, failure, SDKS } from '../support/clients.ts';
import { Fixture, RESTART_AT_ONCE } from '../support/fixture.ts';
import { createHome, type Home } from '../support/home.ts';

/** The essence of Holdfast, quick enough to be run on every Node that it promises. */
let home: Home;

beforeAll(async () => {
  home = await createHome();
});

afterAll(() => home.end());

it('stdio and HTTP servers are killed, Holdfast itself is killed: sessions, calls and answers are what they were promised to be', async () => {
  const servers = await Promise.all([
    Fixture.run(home, 'stdio', { flags: RESTART_AT_ONCE }),
    Fixture.run(home, 'http', { kind: 'http', flags: RESTART_AT_ONCE }),
  ]);
  for (const server of servers) {
    const clients = await connectEach(server.url);
    const sessions = clients.map((client) => client.sessionId());
    const tools = await Promise.all(clients.map((client) => client.tools()));

    const unsafe = clients.map((client) => failure(client.call('unsafe', { tag: client.sdk, ms: 60_000 })));
    const safe = clients.map((client) => client.text('safe', { tag: client.sdk, firstMs: 60_000 }));
    await Promise.all(SDKS.flatMap((sdk) => [server.untilExecuted('unsafe', sdk), server.untilExecuted('safe', sdk)]));
    server.behave({ bootMs: 500 });
    const { generation } = await server.crash();
    const held = clients.map((client) => client.text('unsafe', { tag: `held ${client.sdk}` }));

    for (const error of await Promise.all(unsafe))
      expect(error).toMatchObject({
        code: -31_000,
        data: { code: 'HF_BACKEND_LOST', generation, signal: 'SIGKILL', mayHaveExecuted: true },
      });
    expect(await Promise.all(safe)).toEqual(['safe old', 'safe new']);
    expect(await Promise.all(held)).toEqual(['unsafe held old', 'unsafe held new']);
    expect(await Promise.all(clients.map((client) => client.tools()))).toEqual(tools);

    await home.killDaemon();
    await home.ok('ls');
    expect(await Promise.all(clients.map((client) => client.text('unsafe', { tag: 'after' })))).toEqual(['unsafe after', 'unsafe after']);
    expect(clients.map((client) => client.sessionId())).toEqual(sessions);
    for (const tag of SDKS) {
      expect(server.executions('unsafe', tag)).toBe(1);
      expect(server.executions('unsafe', `held ${tag}`)).toBe(1);
      expect(server.executions('safe', tag)).toBe(2);
    }
    await closeAll(clients);
    await server.remove();
    expect(home.processes(server.name)).toEqual([]);
  }
  expect(JSON.parse(await home.ok('ls', '-a', '--format', 'json'))).toEqual([]);
});
