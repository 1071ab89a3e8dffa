import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeAll, connect, connectEach, SDKS, type TestClient, untilListening } from '../support/clients.ts';
import { Fixture, RESTART_AT_ONCE, whoAnswers } from '../support/fixture.ts';
import type { Home } from '../support/home.ts';
import { RawSession } from '../support/raw-client.ts';
import { describeRuntimes, homeOn } from '../support/runtimes.ts';
import { until } from '../support/until.ts';

describeRuntimes('a shared server', (on) => {
  let home: Home;
  let server: Fixture;

  beforeAll(async () => {
    home = await homeOn(on);
    server = await Fixture.run(home, 'shared', { flags: RESTART_AT_ONCE });
  });

  afterAll(() => home?.end());

  it('S35 a second client connects to a shared stdio server: its initialize is answered and does not reach the server', async () => {
    const first = await connect('old', server.url, { elicit: () => 'first' });
    const asked = first.text('elicit', { message: 'before', ms: 300 });
    const second = await connect('new', server.url);
    expect(server.received('initialize')).toHaveLength(1);
    expect(server.received('notifications/initialized')).toHaveLength(1);
    expect(first.sessionId()).not.toBe(second.sessionId());
    // What the first one declared still holds: the server can ask it.
    expect(JSON.parse(await asked)).toEqual({ action: 'accept', content: { answer: 'first' } });
    expect(JSON.parse(await second.text('whoami'))).toMatchObject({ client: 'holdfast' });
    await closeAll([first, second]);
  });

  it('S35 two clients with equal request ids get their own answers only', async () => {
    const sessions = await Promise.all([RawSession.open(server.url), RawSession.open(server.url)]);
    const calls = sessions.flatMap((session, index) =>
      Array.from({ length: 30 }, async (_, count) => {
        // A number and a string that look the same are two ids.
        const id = count % 3 === 0 ? String(count) : count;
        const tag = `${index}-${count}`;
        return { tag, id, answer: await session.call('safe', { tag, ms: (count * 7) % 40 }, id) };
      }),
    );
    for (const { tag, id, answer } of await Promise.all(calls))
      expect(answer.json).toEqual({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: `safe ${tag}` }] } });
  });

  it.each(SDKS)('S35 a question of the server goes to the one client whose call is in flight: %s', async (sdk) => {
    const asked: string[] = [];
    const clients = await Promise.all(
      ['one', 'two'].map((name) =>
        connect(sdk, server.url, {
          elicit: (message) => {
            asked.push(`${name}: ${message}`);
            return name;
          },
          sample: () => `model of ${name}`,
        }),
      ),
    );
    const [one, two] = clients;
    expect(JSON.parse((await two?.text('elicit', { message: 'who?' })) ?? '')).toMatchObject({ content: { answer: 'two' } });
    expect(JSON.parse((await one?.text('elicit', { message: 'who?' })) ?? '')).toMatchObject({ content: { answer: 'one' } });
    expect(JSON.parse((await two?.text('sample', { message: 'x' })) ?? '')).toMatchObject({ content: { text: 'model of two' } });
    expect(asked).toEqual(['two: who?', 'one: who?']);
    await closeAll(clients);
  });

  it('S35 a question that could be for several clients is refused with a hint, and nobody is asked', async () => {
    const asked: string[] = [];
    const elicit = (message: string): string => {
      asked.push(message);
      return 'x';
    };
    const clients = await Promise.all([connect('old', server.url, { elicit }), connect('new', server.url, { elicit })]);
    const busy = clients[1]?.call('safe', { tag: 'busy', ms: 800 });
    await server.untilExecuted('safe', 'busy');
    const { content, isError } = (await clients[0]?.call('elicit', { message: 'ambiguous' })) ?? {};
    expect(isError).toBe(true);
    expect(JSON.stringify(content)).toContain('--sessions isolated');
    await busy;

    // Nothing is in flight: the question has no address.
    await clients[0]?.call('elicit-later', { message: 'later', ms: 50 });
    const refused = await until('the question is answered', () =>
      server.journal().find(({ what, message }) => what === 'asked' && message === 'later'),
    );
    expect(refused['error']).toContain('none are in flight');
    expect(asked).toEqual([]);
    await closeAll(clients);
  });

  it('S35 a question that the client did not declare is refused with -32601', async () => {
    const client = await connect('new', server.url);
    const { content, isError } = await client.call('elicit', { message: 'may I?' });
    expect(isError).toBe(true);
    expect(JSON.stringify(content)).toContain('-32601');
    await client.close();
  });

  it('S35 progress of two clients with the same token goes to each its own', async () => {
    const clients = await connectEach(server.url);
    const steps = await Promise.all(
      clients.map(async (client, index) => {
        const seen: number[] = [];
        const text = await client.text('progress', { steps: 3 + index, ms: 15 }, { onProgress: (progress) => seen.push(progress) });
        return { text, seen };
      }),
    );
    expect(steps).toEqual([
      { text: 'progress 3', seen: [1, 2, 3] },
      { text: 'progress 4', seen: [1, 2, 3, 4] },
    ]);
    await closeAll(clients);

    const sessions = await Promise.all([RawSession.open(server.url), RawSession.open(server.url)]);
    const streams = await Promise.all(
      sessions.map((session, index) =>
        session.callStream('progress', { steps: 2 + index, ms: 10 }, { progressToken: index === 0 ? 7 : '7' }),
      ),
    );
    for (const [index, stream] of streams.entries()) {
      await stream.message('its answer', ({ result }) => result !== undefined);
      const tokens = stream.messages.flatMap(({ params }) => (params === undefined ? [] : [params['progressToken']]));
      expect(tokens).toEqual(Array.from({ length: 2 + index }, () => (index === 0 ? 7 : '7')));
    }
  });

  it('S35 log messages follow the level of each client, and the server is told the most verbose', async () => {
    const [loud, quiet] = await connectEach(server.url);
    if (!loud || !quiet) throw new Error('two clients were asked for');
    await Promise.all([loud, quiet].map(untilListening));
    await quiet.setLevel('error');
    await loud.setLevel('debug');
    await quiet.setLevel('warning');
    expect(server.received('logging/setLevel').map(({ params }) => params?.['level'])).toEqual(['error', 'debug', 'debug']);
    for (const level of ['debug', 'info', 'error']) await loud.call('log', { level, data: `at ${level}` });
    const logged = (client: TestClient): unknown[] =>
      client.notifications.filter(({ method }) => method === 'notifications/message').map(({ params }) => params?.['data']);
    await until('both have heard of the error', () => [loud, quiet].every((client) => logged(client).includes('at error')));
    expect(logged(loud)).toEqual(['at debug', 'at info', 'at error']);
    expect(logged(quiet)).toEqual(['at error']);

    // The new generation is told the union once, before anything else.
    await server.kill();
    await loud.call('whoami');
    const [, ...said] = server.incarnations().at(-1) ?? [];
    expect(said.slice(0, 3).map(({ method, params }) => [method, params?.['level']])).toEqual([
      ['initialize', undefined],
      ['notifications/initialized', undefined],
      ['logging/setLevel', 'debug'],
    ]);
    await closeAll([loud, quiet]);
  });

  it.each(SDKS)('S35 a client that cancels its call in flight: the server is told, another client is not disturbed: %s', async (sdk) => {
    const clients = await Promise.all([connect(sdk, server.url), connect(sdk, server.url)]);
    const cancel = new AbortController();
    const tag = `cancel-${sdk}`;
    const cancelled = clients[0]?.call('unsafe', { tag, ms: 60_000 }, { signal: cancel.signal }).catch((error: unknown) => error);
    const other = clients[1]?.text('safe', { tag: `other-${sdk}`, ms: 400 });
    await server.untilExecuted('unsafe', tag);
    cancel.abort('not wanted');
    expect(await cancelled).toBeInstanceOf(Error);
    await until('the server stops it', () => server.journal().some((entry) => entry.what === 'cancelled' && entry.tag === tag));
    expect(await other).toBe(`safe other-${sdk}`);
    await closeAll(clients);
  });

  it('a session that its client ends is gone, and the process lives on', async () => {
    const { generation } = await server.listed();
    const [boot] = server.boots().slice(-1);
    const leaves = await RawSession.open(server.url);
    const stays = await connect('old', server.url);
    expect((await leaves.delete()).status).toBe(200);
    expect((await leaves.request('ping')).status).toBe(404);
    expect(await stays.text('safe', { tag: 'y' })).toBe('safe y');
    expect((await whoAnswers(stays)).boot).toBe(boot);
    expect((await server.listed()).generation).toBe(generation);
    await stays.close();
  });
});
