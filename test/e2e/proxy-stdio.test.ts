import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeAll, connectStdio, failure, SDKS } from '../support/clients.ts';
import { Fixture, RESTART_AT_ONCE } from '../support/fixture.ts';
import { createHome, type Home } from '../support/home.ts';
import { until } from '../support/until.ts';

let home: Home;

beforeAll(async () => {
  home = await createHome();
});

afterAll(() => home?.end());

const bridge = (name: string): ReturnType<Home['program']> => home.program('proxy', 'stdio', name);

describe.each(SDKS)('the %s official client on a pipe', (sdk) => {
  it('lists and calls, hears progress and notifications, cancels, and answers the server', async () => {
    const server = await Fixture.run(home, `all-${sdk}`, { flags: RESTART_AT_ONCE });
    const client = await connectStdio(sdk, bridge(server.name), { elicit: (message) => `answer to ${message}` });
    expect(await client.tools()).toContain('unsafe');
    expect(await client.text('unsafe', { tag: 'x' })).toBe('unsafe x');

    // What these clients read together with the answer they drop: that nothing is missing is seen without them.
    const progress: number[] = [];
    expect(await client.text('progress', { steps: 3, ms: 20 }, { onProgress: (value) => progress.push(value) })).toBe('progress 3');
    expect(progress[0]).toBe(1);

    await client.setLevel('info');
    await client.text('log', { level: 'warning', data: 'heard' });
    await until('the log is heard', () => client.notifications.some(({ method }) => method === 'notifications/message'));
    await client.text('add-tool', { name: 'more' });
    await until('the change is heard', () => client.notifications.some(({ method }) => method === 'notifications/tools/list_changed'));

    expect(await client.text('elicit', { message: 'one' })).toContain('answer to one');

    const leaving = new AbortController();
    const cancelled = client.call('unsafe', { tag: 'cancelled', ms: 60_000 }, { signal: leaving.signal }).catch((error: unknown) => error);
    await server.untilExecuted('unsafe', 'cancelled');
    leaving.abort();
    expect(await cancelled).toBeInstanceOf(Error);
    await until('the server is told', () => server.journal().some(({ what, tag }) => what === 'cancelled' && tag === 'cancelled'));
    expect(await client.text('unsafe', { tag: 'after' })).toBe('unsafe after');
    await client.close();
    await server.remove();
  });

  it.each(['stdio', 'http'] as const)('goes on with a %s server that is killed in the middle of a call', async (kind) => {
    const server = await Fixture.run(home, `killed-${kind}-${sdk}`, { kind, flags: RESTART_AT_ONCE });
    const client = await connectStdio(sdk, bridge(server.name));
    await client.tools();
    const lost = failure(client.call('unsafe', { tag: 'lost', ms: 60_000 }));
    const repeated = client.text('safe', { tag: 'again', firstMs: 60_000 });
    await server.untilExecuted('unsafe', 'lost');
    await server.untilExecuted('safe', 'again');
    server.behave({ bootMs: 500 });
    await server.kill();
    expect(await lost).toMatchObject({ code: -31_000, data: { code: 'HF_BACKEND_LOST', signal: 'SIGKILL' } });
    expect(await repeated).toBe('safe again');
    expect(await client.text('unsafe', { tag: 'held' })).toBe('unsafe held');
    expect(server.executions('unsafe', 'lost')).toBe(1);
    await client.close();
    await server.remove();
  });
});

it('a client that asks for the era gets that of the server, and goes on through a crash', async () => {
  const modern = await Fixture.run(home, 'modern', { kind: 'modern', flags: RESTART_AT_ONCE });
  const legacy = await Fixture.run(home, 'legacy', { flags: RESTART_AT_ONCE });
  const clients = await Promise.all([modern, legacy].map(({ name }) => connectStdio('new', bridge(name), { auto: true })));
  expect(clients.map((client) => client.era())).toEqual(['modern', 'legacy']);
  const [client] = clients;
  if (!client) throw new Error('there is no client');
  expect(await client.tools()).toEqual(['unsafe', 'safe']);
  expect(await client.text('unsafe', { tag: 'gr\u00f6\u00dfe' })).toBe('unsafe gr\u00f6\u00dfe modern');

  const leaving = new AbortController();
  const cancelled = client.call('unsafe', { tag: 'cancelled', ms: 60_000 }, { signal: leaving.signal }).catch((error: unknown) => error);
  await modern.untilExecuted('unsafe', 'cancelled');
  leaving.abort();
  expect(await cancelled).toBeInstanceOf(Error);

  const lost = failure(client.call('unsafe', { tag: 'lost', ms: 60_000 }));
  await modern.untilExecuted('unsafe', 'lost');
  await modern.kill();
  expect(await lost).toMatchObject({ code: -31_000, data: { code: 'HF_BACKEND_LOST' } });
  expect(await client.text('unsafe', { tag: 'after' })).toBe('unsafe after modern');
  await closeAll(clients);
  await modern.remove();
  await legacy.remove();
});
