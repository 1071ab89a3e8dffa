import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { closeAll, connectStdio, failure, SDKS } from '../support/clients.ts';
import { Fixture, RESTART_AT_ONCE } from '../support/fixture.ts';
import { createHome, type Home } from '../support/home.ts';
import { knownSessions } from '../support/known-sessions.ts';
import { RawPipe } from '../support/raw-pipe.ts';
import { until } from '../support/until.ts';

let home: Home;
const pipes: RawPipe[] = [];

beforeAll(async () => {
  home = await createHome();
});

afterEach(async () => {
  await Promise.all(pipes.splice(0).map((pipe) => pipe.end()));
});

afterAll(() => home?.end());

const bridge = (name: string): ReturnType<Home['program']> => home.program('proxy', 'stdio', name);
const start = (name: string): RawPipe => {
  const pipe = new RawPipe(bridge(name));
  pipes.push(pipe);
  return pipe;
};
const call = (tool: string, args: object = {}): object => ({ name: tool, arguments: args });

describe('the death of the daemon', () => {
  it.each(SDKS)('costs the %s client what was in flight and nothing else', async (sdk) => {
    const server = await Fixture.run(home, `daemon-${sdk}`, { flags: RESTART_AT_ONCE });
    const client = await connectStdio(sdk, bridge(server.name));
    await client.tools();
    const sessions = knownSessions(home);
    const lost = failure(client.call('unsafe', { tag: 'lost', ms: 60_000 }));
    await server.untilExecuted('unsafe', 'lost');
    const { pid } = await home.daemon();
    await home.killDaemon();
    expect(await lost).toMatchObject({ code: -31_016, data: { code: 'HF_DAEMON_RESTARTED', mayHaveExecuted: true } });
    const calls = await Promise.all(Array.from({ length: 20 }, (_, index) => client.text('unsafe', { tag: `after ${index}` })));
    expect(calls).toEqual(calls.map((_, index) => `unsafe after ${index}`));
    expect(await client.tools()).toContain('unsafe');
    expect((await home.daemon()).pid).not.toBe(pid);
    expect(knownSessions(home)).toEqual(sessions);
    expect(server.executions('unsafe', 'lost')).toBe(1);
    await client.close();
    await server.remove();
  });

  it('ends a call that had begun to report, with its error and no second execution', async () => {
    const server = await Fixture.run(home, 'reporting', { flags: RESTART_AT_ONCE });
    const client = await connectStdio('new', bridge(server.name));
    const progress: number[] = [];
    const lost = failure(client.call('progress', { steps: 1_000, ms: 50 }, { onProgress: (value) => progress.push(value) }));
    await until('it reports', () => progress.length > 2);
    await home.killDaemon();
    expect(await lost).toMatchObject({ code: -31_016 });
    expect(await client.text('unsafe', { tag: 'after' })).toBe('unsafe after');
    await client.close();
    await server.remove();
  });

  it('is noticed by a client that only listens: the daemon is started again, and what the server says then is heard', async () => {
    const server = await Fixture.run(home, 'listening', { flags: RESTART_AT_ONCE });
    const client = await connectStdio('old', bridge(server.name));
    await client.tools();
    const { pid } = await home.daemon();
    await home.killDaemon();
    server.behave({ extraTools: ['new-one'] });
    await until('another daemon answers', async () => (await home.daemon().catch(() => null))?.pid !== pid || undefined);
    const other = await connectStdio('new', bridge(server.name));
    await other.text('add-tool', { name: 'one-more' });
    const changes = (): number => client.notifications.filter(({ method }) => method === 'notifications/tools/list_changed').length;
    await until('the change is heard', () => changes() > 0);
    expect((await home.daemon()).pid).not.toBe(pid);
    await closeAll([client, other]);
    await server.remove();
  });

  it('by an order is respected until a client asks for something', async () => {
    const server = await Fixture.run(home, 'ordered', { flags: RESTART_AT_ONCE });
    const pipe = start(server.name);
    await pipe.open();
    pipe.request(1, 'tools/call', call('unsafe', { tag: 'before' }));
    await pipe.answer(1);
    await home.ok('daemon', 'stop');
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await home.run('daemon', 'status')).toMatchObject({ code: 1 });
    pipe.request(2, 'tools/call', call('unsafe', { tag: 'after' }));
    expect((await pipe.answer(2)).result).toMatchObject({ content: [{ text: 'unsafe after' }] });
    await server.remove();
  });
});

describe('a workload that is removed', () => {
  it('gets calls an error, and serves the same client when it is made anew', async () => {
    const server = await Fixture.run(home, 'removed', { flags: RESTART_AT_ONCE });
    const pipe = start(server.name);
    await pipe.open();
    pipe.request('level', 'logging/setLevel', { level: 'warning' });
    await pipe.answer('level');
    pipe.request(1, 'tools/call', call('unsafe', { tag: 'lost', ms: 60_000 }));
    await server.untilExecuted('unsafe', 'lost');
    await server.remove();
    expect((await pipe.answer(1)).error?.data).toMatchObject({ code: 'HF_BACKEND_LOST', mayHaveExecuted: true });
    pipe.request(2, 'tools/list');
    expect((await pipe.answer(2)).error).toMatchObject({ code: -31_010, data: { code: 'HF_WORKLOAD_UNKNOWN' } });

    const again = await Fixture.run(home, 'removed', { flags: RESTART_AT_ONCE });
    pipe.request(3, 'tools/call', call('unsafe', { tag: 'again' }));
    expect((await pipe.answer(3)).result).toMatchObject({ content: [{ text: 'unsafe again' }] });
    await until('the client is told to ask again', () =>
      pipe.messages().some(({ method }) => method === 'notifications/tools/list_changed'),
    );
    pipe.request(4, 'tools/call', call('log', { level: 'info', data: 'unheard' }));
    pipe.request(5, 'tools/call', call('log', { level: 'error', data: 'heard' }));
    await until('the log is heard', () => pipe.messages().some(({ params }) => params?.['data'] === 'heard'));
    expect(pipe.messages().filter(({ params }) => params?.['data'] === 'unheard')).toEqual([]);
    await again.remove();
  });

  it('is told to a client that is stopped or failed as the gateway tells it', async () => {
    const server = await Fixture.run(home, 'stopped', { flags: RESTART_AT_ONCE });
    const pipe = start(server.name);
    await pipe.open();
    await home.ok('stop', server.name);
    pipe.request(1, 'tools/call', call('unsafe'));
    expect((await pipe.answer(1)).error?.data).toMatchObject({ code: 'HF_WORKLOAD_STOPPED' });
    await home.ok('start', server.name);
    pipe.request(2, 'tools/call', call('unsafe', { tag: 'started' }));
    expect((await pipe.answer(2)).result).toMatchObject({ content: [{ text: 'unsafe started' }] });
    await server.remove();
  });
});
