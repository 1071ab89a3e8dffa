import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeAll, connect, connectEach, failure, SDKS } from '../support/clients.ts';
import { Fixture, RESTART_AT_ONCE, whoAnswers } from '../support/fixture.ts';
import type { Home } from '../support/home.ts';
import { describeRuntimes, homeOn } from '../support/runtimes.ts';

describeRuntimes('a stdio server exits', (on) => {
  let home: Home;

  beforeAll(async () => {
    home = await homeOn(on);
  });

  afterAll(() => home?.end());

  it('S01 a stdio server exits while idle: the next call succeeds on the same session, of a server that Holdfast initialised', async () => {
    const server = await Fixture.run(home, 'idle', { flags: RESTART_AT_ONCE });
    const clients = await connectEach(server.url);
    const sessions = clients.map((client) => client.sessionId());
    const before = await server.kill();
    const answers = await Promise.all(clients.map(whoAnswers));

    expect(answers.map(({ client }) => client)).toEqual(['holdfast', 'holdfast']);
    const [first, second] = server.boots();
    expect(answers.map(({ boot }) => boot)).toEqual([second, second]);
    expect(second).not.toBe(first);
    expect(clients.map((client) => client.sessionId())).toEqual(sessions);
    expect(server.received('initialize')).toHaveLength(2);
    expect(server.received('notifications/initialized')).toHaveLength(2);
    const after = await server.listed();
    const pid = on === 'process' ? answers[0]?.pid : null;
    expect(after).toMatchObject({ url: before.url, port: before.port, status: 'running', pid, container: before.container });
    expect(after).toMatchObject({ generation: before.generation + 1, last_exit: { signal: 'SIGKILL', generation: before.generation } });
    await closeAll(clients);
  });

  it('S02 a stdio server exits with unsafe calls in flight: an explained error at once, and each ran once', async () => {
    const server = await Fixture.run(home, 'unsafe', { flags: RESTART_AT_ONCE });
    const clients = await connectEach(server.url);
    const waiting = clients.map((client) => failure(client.call('unsafe', { tag: client.sdk, ms: 50_000 })));
    await Promise.all(SDKS.map((sdk) => server.untilExecuted('unsafe', sdk)));
    const started = performance.now();
    const killer = await failure(connect('old', server.url).then((client) => client.call('die', { code: 7, say: ['one', 'two'] })));
    const failures = [...(await Promise.all(waiting)), killer];

    expect(performance.now() - started).toBeLessThan(5_000);
    for (const { code, message, data } of failures) {
      expect(code).toBe(-31_000);
      expect(message).toContain('may have been executed');
      expect(data).toMatchObject({
        code: 'HF_BACKEND_LOST',
        workload: server.name,
        generation: 1,
        exitCode: 7,
        signal: null,
        oom: false,
        mayHaveExecuted: true,
        retryAfterMs: expect.any(Number),
        lastLines: expect.arrayContaining(['one', 'two']),
      });
    }
    expect(await Promise.all(clients.map((client) => client.text('unsafe', { tag: 'after' })))).toEqual(['unsafe after', 'unsafe after']);
    expect(SDKS.map((sdk) => server.executions('unsafe', sdk))).toEqual([1, 1]);
    expect(server.executions('die')).toBe(1);
    await closeAll(clients);
  });

  it('S02 a stdio server is killed with safe and idempotent calls in flight: repeated once, and they succeed', async () => {
    const server = await Fixture.run(home, 'safe', { flags: RESTART_AT_ONCE });
    const clients = await connectEach(server.url);
    const calls = clients.flatMap((client) =>
      ['safe', 'idempotent'].map((tool) => client.text(tool, { tag: client.sdk, firstMs: 60_000 })),
    );
    await Promise.all(SDKS.flatMap((sdk) => [server.untilExecuted('safe', sdk), server.untilExecuted('idempotent', sdk)]));
    await server.kill();
    expect(await Promise.all(calls)).toEqual(SDKS.flatMap((sdk) => [`safe ${sdk}`, `idempotent ${sdk}`]));
    expect(SDKS.flatMap((sdk) => [server.executions('safe', sdk), server.executions('idempotent', sdk)])).toEqual([2, 2, 2, 2]);
    await closeAll(clients);
  });

  it('S02 the new server does not annotate the tool any more: its lost call is not repeated', async () => {
    const server = await Fixture.run(home, 'changed', { flags: RESTART_AT_ONCE });
    const client = await connect('new', server.url);
    const waiting = failure(client.call('safe', { ms: 60_000 }));
    await server.untilExecuted('safe');
    server.behave({ plain: true });
    await server.kill();
    expect((await waiting).data).toMatchObject({ code: 'HF_BACKEND_LOST', mayHaveExecuted: true });
    expect(server.executions('safe')).toBe(1);
    await client.close();
  });

  it('S02 four clients at a time: each unsafe call fails once and ran once, each safe one succeeds, no session is lost', async () => {
    const server = await Fixture.run(home, 'four', { flags: RESTART_AT_ONCE });
    const clients = await Promise.all([...SDKS, ...SDKS].map((sdk) => connect(sdk, server.url)));
    for (const round of [1, 2, 3]) {
      const tags = clients.map((_, index) => `${round}-${index}`);
      const unsafe = clients.map((client, index) => failure(client.call('unsafe', { tag: tags[index], ms: 60_000 })));
      const safe = clients.map((client, index) => client.text('safe', { tag: tags[index], firstMs: 60_000 }));
      await Promise.all(tags.flatMap((tag) => [server.untilExecuted('unsafe', tag), server.untilExecuted('safe', tag)]));
      await server.kill();
      const failures = await Promise.all(unsafe);
      expect(failures.map(({ data }) => [data['code'], data['signal'], data['mayHaveExecuted']])).toEqual(
        tags.map(() => ['HF_BACKEND_LOST', 'SIGKILL', true]),
      );
      expect(await Promise.all(safe)).toEqual(tags.map((tag) => `safe ${tag}`));
      expect(tags.map((tag) => [server.executions('unsafe', tag), server.executions('safe', tag)])).toEqual(tags.map(() => [1, 2]));
    }
    expect(server.received('initialize')).toHaveLength(4);
    await closeAll(clients);
  });
});
