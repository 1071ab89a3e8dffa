import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ClientOptions, closeAll, connect, connectEach, failure, SDKS, untilListening } from '../support/clients.ts';
import { Fixture, RESTART_AT_ONCE, whoAnswers } from '../support/fixture.ts';
import type { Home } from '../support/home.ts';
import { describeRuntimes, homeOn } from '../support/runtimes.ts';
import { until } from '../support/until.ts';

describeRuntimes('isolated sessions', (on) => {
  let home: Home;
  let server: Fixture;

  beforeAll(async () => {
    home = await homeOn(on);
    server = await Fixture.run(home, 'isolated', { flags: [...RESTART_AT_ONCE, '--sessions=isolated'] });
  });

  afterAll(() => home?.end());

  /** `initialize` as it reached the processes that served a client of that name, oldest first. */
  const initializesOf = (name: string): unknown[] =>
    server
      .received('initialize')
      .flatMap(({ params }) => ((params?.['clientInfo'] as { name?: string } | undefined)?.name === name ? [params] : []));

  it("S01 isolated: each client has a process of its own; the one that dies is replaced by one that gets exactly that client's initialize", async () => {
    const clients = await connectEach(server.url, { elicit: () => 'yes' });
    const before = await Promise.all(clients.map(whoAnswers));
    expect(before.map(({ client }) => client)).toEqual(SDKS);
    expect(before[0]?.boot).not.toBe(before[1]?.boot);
    const sessions = clients.map((client) => client.sessionId());

    const [first] = before;
    if (!first) throw new Error('two clients were asked for');
    server.killOne(first);
    const after = await Promise.all(clients.map(whoAnswers));
    expect(after[1]?.boot).toBe(before[1]?.boot);
    expect(after[0]?.boot).not.toBe(first.boot);
    expect(after.map(({ client, capabilities }) => ({ client, capabilities }))).toEqual(
      before.map(({ client, capabilities }) => ({ client, capabilities })),
    );
    expect(clients.map((client) => client.sessionId())).toEqual(sessions);
    const [one, two, ...more] = initializesOf('old');
    expect(two).toEqual(one);
    expect(more).toEqual([]);
    expect(initializesOf('new')).toHaveLength(1);
    const replaced = server.incarnations().find(([begin]) => begin?.boot === after[0]?.boot) ?? [];
    expect(
      replaced
        .filter(({ what }) => what === 'received')
        .slice(0, 2)
        .map(({ method }) => method),
    ).toEqual(['initialize', 'notifications/initialized']);
    await Promise.all(clients.map((client) => client.terminate()));
    await until('their processes are gone', () => after.every((each) => !server.isAlive(each)));
    await closeAll(clients);
  });

  it.each(SDKS)('S02 isolated: a call in flight of the %s client fails at once, explained; the safe one is repeated', async (sdk) => {
    const client = await connect(sdk, server.url);
    const before = await whoAnswers(client);
    const tag = `flight-${sdk}`;
    const unsafe = failure(client.call('unsafe', { tag, ms: 60_000 }));
    const safe = client.text('safe', { tag, firstMs: 60_000 });
    await Promise.all([server.untilExecuted('unsafe', tag), server.untilExecuted('safe', tag)]);
    server.killOne(before);
    expect(await unsafe).toMatchObject({ code: -31_000, data: { code: 'HF_BACKEND_LOST', signal: 'SIGKILL', mayHaveExecuted: true } });
    expect(await safe).toBe(`safe ${tag}`);
    expect([server.executions('unsafe', tag), server.executions('safe', tag)]).toEqual([1, 2]);
    await client.terminate();
    await client.close();
  });

  it.each(SDKS)('isolated: the server of the %s client sees its folders, asks it whenever it likes, and nobody else', async (sdk) => {
    const asked: string[] = [];
    const options = (name: string): ClientOptions => ({
      name,
      roots: [`file:///${name}`],
      elicit: (message) => {
        asked.push(`${name}: ${message}`);
        return name;
      },
    });
    const names = [`a-${sdk}`, `b-${sdk}`];
    const clients = await Promise.all(names.map((name) => connect(sdk, server.url, options(name))));
    await Promise.all(clients.map(untilListening));
    const roots = async (): Promise<unknown> =>
      Promise.all(clients.map(async (client) => JSON.parse(await client.text('roots')) as unknown));
    const expected = names.map((name) => ({ roots: [{ uri: `file:///${name}` }] }));
    expect(await roots()).toEqual(expected);

    const first = clients[0];
    if (!first) throw new Error('two clients were asked for');
    const own = await whoAnswers(first);
    await first.rootsChanged();
    await until('its server hears that they changed', () =>
      server.received('notifications/roots/list_changed').some(({ boot }) => boot === own.boot),
    );
    const others = await Promise.all(clients.slice(1).map(whoAnswers));
    expect(server.received('notifications/roots/list_changed').filter(({ boot }) => others.some((other) => other.boot === boot))).toEqual(
      [],
    );

    server.killOne(own);
    // A safe call may meet the death itself; after it the new process is there.
    expect((await whoAnswers(first)).boot).not.toBe(own.boot);
    expect(await roots()).toEqual(expected);
    await first.call('elicit-later', { message: `later ${sdk}`, ms: 50 });
    const answer = await until('it is answered', () =>
      server.journal().find(({ what, message }) => what === 'asked' && message === `later ${sdk}`),
    );
    expect(answer['answer']).toEqual({ action: 'accept', content: { answer: `a-${sdk}` } });
    expect(asked).toEqual([`a-${sdk}: later ${sdk}`]);
    await Promise.all(clients.map((client) => client.terminate()));
    await closeAll(clients);
  });

  it('isolated: no more processes than allowed; a session that ends makes room', async () => {
    const few = await Fixture.run(home, 'few', { flags: ['--sessions=isolated', '--max-sessions=2'] });
    const clients = await connectEach(few.url);
    await Promise.all(clients.map(whoAnswers));
    const { code, data } = await failure(connect('new', few.url));
    expect({ code, data }).toMatchObject({ code: -31_019, data: { code: 'HF_SESSIONS_FULL' } });
    await clients[0]?.terminate();
    const third = await connect('old', few.url);
    expect((await whoAnswers(third)).client).toBe('old');
    await closeAll([...clients, third]);
    await few.remove();
  });

  it('S38 isolated: sessions from before the SIGKILL of Holdfast get a process again, initialised as their client did', async () => {
    const clients = await Promise.all(SDKS.map((sdk) => connect(sdk, server.url, { name: `kept-${sdk}`, elicit: () => 'yes' })));
    const before = await Promise.all(clients.map(whoAnswers));
    await home.killDaemon();
    await home.ok('ls');
    const after = await Promise.all(clients.map(whoAnswers));
    expect(after.map(({ client, capabilities }) => ({ client, capabilities }))).toEqual(
      before.map(({ client, capabilities }) => ({ client, capabilities })),
    );
    expect(before.map((each) => server.isAlive(each))).toEqual([false, false]);
    for (const sdk of SDKS) {
      const [first, second, ...more] = initializesOf(`kept-${sdk}`);
      expect(second).toEqual(first);
      expect(more).toEqual([]);
    }
    await closeAll(clients);
  });
});
