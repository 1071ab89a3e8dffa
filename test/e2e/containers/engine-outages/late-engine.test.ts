import { describe, expect, it } from 'vitest';
import { ENGINE_KINDS } from '../../../support/engine/engines.ts';
import { RawSession } from '../../../support/raw-client.ts';
import { ContainedServer, containersOf } from './contained-server.ts';
import { ownEngine } from './own-engine.ts';

describe.each(ENGINE_KINDS)('on %s', (kind) => {
  const own = ownEngine(kind);

  it('S20 the machine boots and the engine starts later than Holdfast: what ran comes back, what was stopped does not', {
    timeout: 120_000,
  }, async () => {
    const { engine, home } = own;
    const stdio = await ContainedServer.run(home, engine, 'reboot-stdio');
    const http = await ContainedServer.run(home, engine, 'reboot-http', { kind: 'http' });
    const rests = await ContainedServer.run(home, engine, 'reboot-rests', { kind: 'http' });
    const wanted = [stdio, http];
    const sessions = await Promise.all(wanted.map(({ url }) => RawSession.open(url)));
    await Promise.all(sessions.map((session) => session.request('tools/list')));
    await home.ok('stop', rests.name);
    const before = await Promise.all(wanted.map((server) => server.container()));
    const { gateway } = await home.daemon();

    await home.killDaemon();
    await engine.powerOff();
    // Whatever comes first at boot: here it is Holdfast, which waits.
    await home.ok('ls');
    expect((await home.daemon()).gateway).toEqual(gateway);
    await Promise.all(wanted.map((server) => server.until('waits for its engine', ({ status }) => status === 'unknown')));
    for (const server of wanted) {
      expect(await server.listed()).toMatchObject({ desired: 'running', reason: { code: 'HF_RUNTIME_UNAVAILABLE' }, url: server.url });
    }
    expect(await rests.listed()).toMatchObject({ desired: 'stopped', container: { id: null } });
    const held = sessions.map((session) => session.call('safe', { tag: 'held' }));

    await engine.start();
    for (const answer of await Promise.all(held)) expect(answer.json?.result).toBeDefined();
    await Promise.all(wanted.map((server) => server.until('runs', ({ lifecycle }) => lifecycle === 'running')));
    const after = await Promise.all(wanted.map((server) => server.container()));
    expect(after.map(({ Id, State }) => [Id, State.Running])).toEqual(before.map(({ Id }) => [Id, true]));
    expect(wanted.map((server) => [server.boots(), server.attempts()])).toEqual([
      [2, 0],
      [2, 0],
    ]);
    expect((await rests.container()).State.Running).toBe(false);
    expect(rests.boots()).toBe(1);
    await rests.until('is known to be stopped', ({ desired, status }) => desired === 'stopped' && status === 'stopped');
    expect(await containersOf(engine, home)).toHaveLength(3);
  });
});
