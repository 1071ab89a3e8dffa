import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeAll, connectEach, type TestClient, untilListening } from '../support/clients.ts';
import { Fixture, RESTART_AT_ONCE } from '../support/fixture.ts';
import type { Home } from '../support/home.ts';
import { RawSession, rawRequest } from '../support/raw-client.ts';
import { describeRuntimes, homeOn } from '../support/runtimes.ts';
import { until } from '../support/until.ts';

describeRuntimes('streams', (on) => {
  let home: Home;

  beforeAll(async () => {
    home = await homeOn(on);
  });

  afterAll(() => home?.end());

  const updates = (client: TestClient): unknown[] =>
    client.notifications.filter(({ method }) => method === 'notifications/resources/updated').map(({ params }) => params?.['uri']);

  it.each(['stdio', 'http'] as const)(
    'S37 a GET stream stays open while the %s server dies, and carries what the new one says',
    async (kind) => {
      const server = await Fixture.run(home, `stream-${kind}`, { kind, flags: RESTART_AT_ONCE });
      const session = await RawSession.open(server.url);
      const stream = await session.stream();
      expect(stream.status).toBe(200);
      expect(stream.headers['content-type']).toBe('text/event-stream');
      await until('the stream says how long to wait', () => stream.retry);
      for (const generation of [1, 2]) {
        await session.call('log', { level: 'info', data: `of ${generation}` });
        await stream.message('what was logged', ({ params }) => params?.['data'] === `of ${generation}`);
        await server.untilBack(await server.kill());
      }
      await session.call('log', { level: 'info', data: 'of 3' });
      await stream.message('what was logged', ({ params }) => params?.['data'] === 'of 3');
      expect(stream.ended).toBe(false);
      const logged = stream.messages.filter(({ method }) => method === 'notifications/message').map(({ params }) => params?.['data']);
      expect(logged).toEqual(['of 1', 'of 2', 'of 3']);
      const ids = stream.events.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      stream.break();
    },
  );

  // The rest differs in nothing between the engines, and Podman takes its time.
  if (on === 'podman') return;

  it.each(['stdio', 'http'] as const)(
    'S37 subscriptions outlive the %s server: each subscriber is told that it missed something, then of changes',
    async (kind) => {
      const server = await Fixture.run(home, `subscribed-${kind}`, { kind, flags: RESTART_AT_ONCE });
      const clients = await connectEach(server.url);
      const [one, two] = clients;
      if (!one || !two) throw new Error('two clients were asked for');
      await Promise.all(clients.map(untilListening));
      await one.subscribe('fixture://one');
      await two.subscribe('fixture://two');
      await server.untilBack(await server.kill());
      await until('both know of the gap', () => updates(one).length > 0 && updates(two).length > 0);
      expect([updates(one), updates(two)]).toEqual([['fixture://one'], ['fixture://two']]);
      expect(await one.text('touch', { uri: 'fixture://one' })).toBe('told');
      await until('the change is told', () => updates(one).length > 1);
      expect(await two.text('touch', { uri: 'fixture://two' })).toBe('told');
      await until('the change is told', () => updates(two).length > 1);
      expect([updates(one), updates(two)]).toEqual([
        ['fixture://one', 'fixture://one'],
        ['fixture://two', 'fixture://two'],
      ]);
      await closeAll(clients);
    },
  );

  it('S37 a second GET replaces the first, which ends; a GET after a break gets what it missed', async () => {
    const server = await Fixture.run(home, 'again', { flags: RESTART_AT_ONCE });
    const session = await RawSession.open(server.url);
    const first = await session.stream();
    await session.call('log', { level: 'info', data: 'one' });
    await first.message('one', ({ params }) => params?.['data'] === 'one');
    const second = await session.stream();
    await until('the first ends', () => first.ended);
    await session.call('log', { level: 'info', data: 'two' });
    await second.message('two', ({ params }) => params?.['data'] === 'two');
    const lastId = second.lastId;
    second.break();
    await session.call('log', { level: 'info', data: 'three' });
    const third = await session.stream(lastId);
    await third.message('three', ({ params }) => params?.['data'] === 'three');
    expect(third.messages.map(({ params }) => params?.['data'])).toEqual(['three']);
    third.break();
  });

  it('a call whose connection breaks goes on, and its answer is had by Last-Event-ID, once', async () => {
    const server = await Fixture.run(home, 'resume', { flags: RESTART_AT_ONCE });
    const session = await RawSession.open(server.url);
    const call = await session.callStream('progress', { steps: 40, ms: 50 }, { progressToken: 'p' });
    await call.message('some progress', ({ params }) => Number(params?.['progress']) >= 3);
    const seen = call.messages.map(({ params }) => params?.['progress']);
    call.break();
    const resumed = await session.stream(call.lastId);
    expect(resumed.status).toBe(200);
    await resumed.message('the answer', ({ result }) => result !== undefined);
    await until('the stream ends with it', () => resumed.ended);
    const rest = resumed.messages.flatMap(({ params }) => (params ? [params['progress']] : []));
    expect([...seen, ...rest]).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    const again = await rawRequest(server.url, {
      method: 'GET',
      headers: { ...session.headers, accept: 'text/event-stream', 'content-type': undefined, 'last-event-id': resumed.lastId },
    });
    expect(again.status).toBe(405);
  });

  it('a long call becomes a stream that is primed, and the death of the server is an event of it', async () => {
    const server = await Fixture.run(home, 'primed', { flags: RESTART_AT_ONCE });
    const session = await RawSession.open(server.url);
    const call = await session.callStream('unsafe', { tag: 'x', ms: 60_000 });
    expect(call.headers['content-type']).toBe('text/event-stream');
    await until('it is primed', () => call.events.some(({ id, message }) => id !== undefined && message === undefined));
    call.break();
    await server.kill();
    const resumed = await session.stream(call.lastId);
    const { error } = await resumed.message('the error', (message) => message.error !== undefined);
    expect(error).toMatchObject({ code: -31_000, data: { code: 'HF_BACKEND_LOST', mayHaveExecuted: true } });
    expect(server.executions('unsafe', 'x')).toBe(1);
  });

  // Comments are the gateway's own, and take their time.
  if (on !== 'process') return;

  it('S37 the stream is kept alive with comments while no server is there', { timeout: 40_000 }, async () => {
    const server = await Fixture.run(home, 'alive', { flags: ['--restart-immediate=0', '--restart-delays=60s'] });
    const session = await RawSession.open(server.url);
    const stream = await session.stream();
    await server.crash();
    await until('a comment came', () => stream.comments.length > 0, 17_000);
    expect(stream.ended).toBe(false);
    await home.ok('start', server.name);
    await session.call('log', { level: 'info', data: 'there' });
    await stream.message('the new server', ({ params }) => params?.['data'] === 'there');
    stream.break();
  });
});
