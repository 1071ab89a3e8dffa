import { describe, expect, it } from 'vitest';
import { ENGINE_KINDS } from '../../../support/engine/engines.ts';
import { RawSession } from '../../../support/raw-client.ts';
import { until } from '../../../support/until.ts';
import { FastServer, fastDaemon } from './fast-daemon.ts';

/** From one full listing to the next, and a bit. */
const LISTING_MS = 31_000;
const HOUR = 3_600_000;

describe.each(ENGINE_KINDS)('on %s', (kind) => {
  const world = fastDaemon(kind);

  // What runs under Podman is attached to, stdin or not: its end is noticed without any event, so there is nothing to find.
  it.for(kind === 'docker' ? ['http'] : [])('S19 an end and a restart of which no event told are found by the next listing', async () => {
    const { outside, clock, proxy } = world();
    // Of an HTTP server under Docker only events tell.
    const server = await FastServer.run(world(), 'unheard', 'http');
    const session = await RawSession.open(server.url);
    const first = await server.container();
    const { generation } = await server.now();
    proxy.dropEvents(() => true);
    await outside.kill(server.name);
    await until('it is dead', async () => !(await server.container()).State.Running);
    expect(await server.now()).toMatchObject({ lifecycle: 'running', generation });
    await clock.pass(LISTING_MS);
    const back = await server.until('runs again', (now) => now.lifecycle === 'running' && now.generation > generation);
    expect(back).toMatchObject({ restarts: 1, last_exit: { signal: 'SIGKILL' } });
    expect((await session.call('safe', { tag: 'x' })).json?.result).toBeDefined();

    // A container that is younger than it can be was started anew. Engines tell the age in whole seconds.
    const { State: before } = await server.container();
    await until('it is older than a new one', () => Date.now() - Date.parse(before.StartedAt) > 3_000);
    await outside.restart(server.name);
    const { Id, State } = await server.container();
    expect((await server.now()).generation).toBe(back.generation);
    await clock.pass(LISTING_MS);
    await server.until('was taken over', (now) => now.lifecycle === 'running' && now.generation > back.generation);
    expect(await server.container()).toMatchObject({ Id, State: { StartedAt: State.StartedAt } });
    expect(Id).toBe(first.Id);
    expect((await session.call('safe', { tag: 'x' })).json?.result).toBeDefined();
    await server.remove();
  });

  it('S19 a start and a removal by somebody else of which no event told are found by the next listing', async () => {
    const { outside, clock, proxy } = world();
    // Its next start is far away: whatever becomes of it meanwhile, others did.
    const restart = { immediate: { count: 0, window_ms: 1_000 }, delays_ms: [HOUR], jitter: 0 };
    const server = await FastServer.run(world(), 'unseen', 'stdio', { restart });
    const session = await RawSession.open(server.url);
    const untilWaits = (): Promise<unknown> => server.until('waits', ({ lifecycle }) => lifecycle === 'backoff');
    await outside.kill(server.name);
    await untilWaits();
    proxy.dropEvents(() => true);
    await outside.start(server.name);
    const { State } = await server.container();
    expect((await server.now()).lifecycle).toBe('backoff');
    await clock.pass(LISTING_MS);
    await server.untilRuns();
    expect((await server.container()).State.StartedAt).toBe(State.StartedAt);
    expect((await session.call('safe', { tag: 'x' })).json?.result).toBeDefined();

    await outside.kill(server.name);
    await untilWaits();
    await outside.remove(server.name);
    expect((await server.now()).lifecycle).toBe('backoff');
    await clock.pass(LISTING_MS);
    const gone = await server.until('is known to be removed', ({ lifecycle }) => lifecycle === 'stopped');
    expect(gone.reason?.code).toBe('removed-outside');
    expect(await outside.inspect(server.name)).toBeNull();
    await server.remove();
  });
});
