import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, failure, SDKS } from '../support/clients.ts';
import { Fixture, RESTART_AT_ONCE } from '../support/fixture.ts';
import { createHome, type Home } from '../support/home.ts';

let home: Home;

beforeAll(async () => {
  home = await createHome();
});

afterAll(() => home.end());

describe.each(SDKS)('a stdio server, client of the %s SDK', (sdk) => {
  it('S01 a stdio server exits while idle: the next call succeeds on the same session, of a server that Holdfast initialised', async () => {
    const server = await Fixture.run(home, `idle-${sdk}`, { flags: RESTART_AT_ONCE });
    const client = await connect(sdk, server.url);
    const session = client.sessionId();
    const { pid: firstPid } = JSON.parse(await client.text('whoami')) as { pid: number };

    const before = await server.kill();
    expect(before.pid).toBe(firstPid);
    const { pid, client: name } = JSON.parse(await client.text('whoami')) as { pid: number; client: string };

    expect(pid).not.toBe(firstPid);
    expect(name).toBe('holdfast');
    expect(client.sessionId()).toBe(session);
    expect(server.received('initialize')).toHaveLength(2);
    expect(server.received('notifications/initialized')).toHaveLength(2);
    const after = await server.listed();
    expect(after).toMatchObject({ url: before.url, port: before.port, status: 'running', generation: before.generation + 1, pid });
    expect(after.last_exit).toMatchObject({ signal: 'SIGKILL', generation: before.generation });
    await client.close();
  });

  it('S02 a stdio server exits with an unsafe call in flight: an explained error at once, and the call ran once', async () => {
    const server = await Fixture.run(home, `unsafe-${sdk}`, { flags: RESTART_AT_ONCE });
    const client = await connect(sdk, server.url);
    const waiting = failure(client.call('unsafe', { tag: 'a', ms: 50_000 }));
    await server.untilExecuted('unsafe', 'a');
    const started = performance.now();
    const killed = await failure(client.call('die', { code: 7, say: ['one', 'two'] }));
    const { code, message, data } = await waiting;

    expect(performance.now() - started).toBeLessThan(5_000);
    expect([code, killed.code, killed.data['exitCode']]).toEqual([-31_000, -31_000, 7]);
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
    expect(await client.text('unsafe', { tag: 'b' })).toBe('unsafe b');
    expect(server.executions('unsafe', 'a')).toBe(1);
    expect(server.executions('die')).toBe(1);
    await client.close();
  });

  it('S02 a stdio server is killed with safe and idempotent calls in flight: repeated once, and they succeed', async () => {
    const server = await Fixture.run(home, `safe-${sdk}`, { flags: RESTART_AT_ONCE });
    const client = await connect(sdk, server.url);
    const calls = ['safe', 'idempotent'].map((tool) => client.text(tool, { tag: 'x', ms: 700 }));
    await Promise.all([server.untilExecuted('safe'), server.untilExecuted('idempotent')]);
    await server.kill();
    expect(await Promise.all(calls)).toEqual(['safe x', 'idempotent x']);
    expect([server.executions('safe'), server.executions('idempotent')]).toEqual([2, 2]);
    await client.close();
  });
});

it('S02 four clients at a time: each unsafe call fails once and ran once, each safe one succeeds, no session is lost', async () => {
  const server = await Fixture.run(home, 'four', { flags: RESTART_AT_ONCE });
  const clients = await Promise.all([...SDKS, ...SDKS].map((sdk) => connect(sdk, server.url)));
  for (const round of [1, 2, 3]) {
    const tags = clients.map((_, index) => `${round}-${index}`);
    const unsafe = clients.map((client, index) => failure(client.call('unsafe', { tag: tags[index], ms: 60_000 })));
    const safe = clients.map((client, index) => client.text('safe', { tag: tags[index], ms: 300 }));
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
  await Promise.all(clients.map((client) => client.close()));
});
