import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeAll, connect, connectEach, failure, SDKS } from '../support/clients.ts';
import { Fixture, RESTART_AT_ONCE } from '../support/fixture.ts';
import type { Home } from '../support/home.ts';
import { RawSession } from '../support/raw-client.ts';
import { describeRuntimes, homeOn } from '../support/runtimes.ts';

describeRuntimes('calls while the server is down', (on) => {
  let home: Home;

  beforeAll(async () => {
    home = await homeOn(on);
  });

  afterAll(() => home?.end());

  it('S03 calls that arrive while the server is down are held, then served, each once', async () => {
    const server = await Fixture.run(home, 'held', { flags: RESTART_AT_ONCE });
    const clients = await connectEach(server.url);
    server.behave({ bootMs: 2_000 });
    await server.crash();
    const tags = ['1', '2', '3', '4', '5'];
    const calls = clients.flatMap((client) => tags.map((tag) => client.text('unsafe', { tag: client.sdk + tag })));
    await Promise.all(clients.map((client) => client.ping()));
    const all = SDKS.flatMap((sdk) => tags.map((tag) => sdk + tag));
    expect(await Promise.all(calls)).toEqual(all.map((tag) => `unsafe ${tag}`));
    expect(all.map((tag) => server.executions('unsafe', tag))).toEqual(all.map(() => 1));
    await closeAll(clients);
  });

  it('S03 the port never refuses and no answer is a 404 while a server is killed again and again', async () => {
    const server = await Fixture.run(home, 'again', { flags: RESTART_AT_ONCE });
    const session = await RawSession.open(server.url);
    const end = new AbortController();
    const answers: { status: number; error: unknown }[] = [];
    const asking = (async () => {
      while (!end.signal.aborted) {
        const { status, json } = await session.call('safe');
        answers.push({ status, error: json?.error });
      }
    })();
    for (const _ of [1, 2, 3]) await server.untilBack(await server.kill());
    end.abort();
    await asking;
    expect(answers.filter(({ status, error }) => status !== 200 || error !== undefined)).toEqual([]);
    expect(answers.length).toBeGreaterThan(20);
  });

  // The rest differs in nothing between the engines, and Podman takes its time.
  if (on === 'podman') return;

  it('S03 held calls are served first come, first served', async () => {
    const server = await Fixture.run(home, 'order', { flags: RESTART_AT_ONCE });
    const session = await RawSession.open(server.url);
    server.behave({ bootMs: 2_000 });
    await server.crash();
    const tags = Array.from({ length: 10 }, (_, index) => String(index));
    const calls: Promise<unknown>[] = [];
    for (const tag of tags) {
      calls.push(session.call('unsafe', { tag }));
      // Answered by Holdfast itself: what was sent before it has arrived.
      await session.request('ping');
    }
    await Promise.all(calls);
    const executed = server.journal().filter(({ what }) => what === 'executed');
    expect(executed.map(({ tag }) => tag)).toEqual(tags);
  });

  it('S03 the hold limit ends: a JSON-RPC error with Retry-After, lists go on being answered, and the session lives', async () => {
    const server = await Fixture.run(home, 'expired', { flags: [...RESTART_AT_ONCE, '--hold=1s'] });
    const clients = await connectEach(server.url);
    const tools = await Promise.all(clients.map((client) => client.tools()));
    server.behave({ bootMs: 5_000 });
    await server.crash();
    const lists = clients.map((client) => client.tools());
    for (const error of await Promise.all(clients.map((client) => failure(client.call('unsafe', { tag: 'late' }))))) {
      expect(error).toMatchObject({
        code: -31_001,
        data: {
          code: 'HF_HOLD_EXPIRED',
          workload: server.name,
          mayHaveExecuted: false,
          signal: 'SIGKILL',
          retryAfterMs: expect.any(Number),
        },
      });
    }
    expect(await Promise.all(lists)).toEqual(tools);
    for (const client of clients) {
      const answer = client.fetched.find(({ headers }) => headers.has('retry-after'));
      expect(answer?.status).toBe(200);
      expect(Number(answer?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(client.fetched.map(({ status }) => status).filter((status) => status >= 400 && status !== 405)).toEqual([]);
    }
    server.behave({});
    await home.untilWorkload(server.name, 'runs again', ({ lifecycle }) => lifecycle === 'running');
    expect(await Promise.all(clients.map((client) => client.text('unsafe', { tag: client.sdk })))).toEqual(['unsafe old', 'unsafe new']);
    expect(server.executions('unsafe', 'late')).toBe(0);
    await closeAll(clients);
  });

  it('S03 the next start is later than the hold limit: an error at once that says when, lists and new sessions from memory', async () => {
    const flags = ['--hold=1s', '--restart-immediate=0', '--restart-delays=20s', '--restart-jitter=0'];
    const server = await Fixture.run(home, 'late', { flags });
    const clients = await connectEach(server.url);
    const tools = await clients[0]?.tools();
    await server.kill();
    await home.untilWorkload(server.name, 'waits', ({ lifecycle }) => lifecycle === 'backoff');
    for (const { code, data } of await Promise.all(clients.map((client) => failure(client.call('unsafe'))))) {
      expect({ code, data }).toMatchObject({ code: -31_002, data: { code: 'HF_RESTART_TOO_LATE', mayHaveExecuted: false } });
      expect(data['retryAfterMs']).toBeGreaterThan(1_000);
      expect(data['retryAfterMs']).toBeLessThanOrEqual(20_000);
    }
    const another = await connect('new', server.url);
    for (const client of [...clients, another]) {
      expect(await client.tools()).toEqual(tools);
      await client.ping();
    }
    await closeAll([...clients, another]);
    await server.remove();
  });
});
