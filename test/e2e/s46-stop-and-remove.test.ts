import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeAll, connectEach, failure } from '../support/clients.ts';
import { Fixture, RESTART_AT_ONCE } from '../support/fixture.ts';
import type { Home } from '../support/home.ts';
import { RawSession } from '../support/raw-client.ts';
import { describeRuntimes, homeOn } from '../support/runtimes.ts';
import { until } from '../support/until.ts';

describeRuntimes('stops and removals', (on) => {
  let home: Home;

  beforeAll(async () => {
    home = await homeOn(on);
  });

  afterAll(() => home?.end());

  it.each(['stdio', 'http'] as const)(
    'S46 a %s server is stopped twice, at once and again: each succeeds, it is gone, and start brings it back',
    async (kind) => {
      const server = await Fixture.run(home, `twice-${kind}`, { kind, flags: RESTART_AT_ONCE });
      const clients = await connectEach(server.url);
      const codes = await Promise.all([1, 2, 3].map(async () => (await home.run('stop', server.name)).code));
      expect(codes).toEqual([0, 0, 0]);
      expect((await home.run('stop', server.name)).code).toBe(0);
      expect(await home.pids(server.name)).toEqual([]);
      expect(await server.listed()).toMatchObject({ status: 'stopped', desired: 'stopped', pid: null });

      for (const { code, data } of await Promise.all(clients.map((client) => failure(client.call('safe'))))) {
        expect({ code, data }).toMatchObject({ code: -31_005, data: { code: 'HF_WORKLOAD_STOPPED', mayHaveExecuted: false } });
      }
      await Promise.all(clients.map((client) => client.ping()));
      expect(await Promise.all([1, 2].map(async () => (await home.run('start', server.name)).code))).toEqual([0, 0]);
      expect(await Promise.all(clients.map((client) => client.text('safe', { tag: 'x' })))).toEqual(['safe x', 'safe x']);
      expect((await home.pids(server.name)).length).toBeGreaterThan(0);
      await closeAll(clients);
      await server.remove();
    },
  );

  it('S46 a server is stopped while it starts for the first time: run says so, and nothing is left', async () => {
    const starting = Fixture.run(home, 'first', { conduct: { bootMs: 20_000 } }).then(
      () => 'it runs',
      (error: unknown) => String(error),
    );
    await until('it boots', async () => (await home.pids('first')).length > 0);
    const stopped = await home.run('stop', 'first');
    expect(await starting).toMatch(/overtaken|stopped|cancelled|HF_CANCELLED/i);
    expect(stopped.code).toBe(0);
    expect(await home.pids('first')).toEqual([]);
    expect((await home.run('rm', '-f', 'first')).code).toBe(0);
  });

  it('S46 a server is stopped while it starts again: held calls end at once, it stays stopped, start brings it back', async () => {
    const server = await Fixture.run(home, 'again', { flags: RESTART_AT_ONCE });
    const clients = await connectEach(server.url);
    server.behave({ bootMs: 20_000 });
    await server.crash();
    const held = clients.map((client) => failure(client.call('unsafe', { tag: 'held' })));
    await Promise.all(clients.map((client) => client.ping()));
    await until('it boots', () => server.incarnations().length > 1);
    expect(await Promise.all([1, 2].map(async () => (await home.run('stop', server.name)).code))).toEqual([0, 0]);
    expect((await Promise.all(held)).map(({ data }) => data['code'])).toEqual(['HF_WORKLOAD_STOPPED', 'HF_WORKLOAD_STOPPED']);
    expect(await home.pids(server.name)).toEqual([]);
    expect(await server.listed()).toMatchObject({ status: 'stopped', pid: null });
    server.behave({});
    await home.ok('start', server.name);
    expect(await Promise.all(clients.map((client) => client.text('unsafe', { tag: client.sdk })))).toEqual(['unsafe old', 'unsafe new']);
    expect(server.executions('unsafe', 'held')).toBe(0);
    await closeAll(clients);
  });

  it('S46 a server is removed while it starts: gone for good, its name is free, removing it again is an error that says so', async () => {
    const server = await Fixture.run(home, 'gone', { flags: RESTART_AT_ONCE });
    const session = await RawSession.open(server.url);
    server.behave({ bootMs: 20_000 });
    await server.crash();
    const held = session.call('unsafe');
    await until('it boots', () => server.incarnations().length > 1);
    const said = await Promise.all([1, 2].map(() => home.run('rm', '-f', server.name)));
    // The one that comes second finds it going, or gone.
    expect(said.map(({ code }) => code)).toContain(0);
    for (const { code, stderr } of said) if (code !== 0) expect(stderr).toContain('HF_WORKLOAD_UNKNOWN');
    expect((await held).json?.error?.data).toMatchObject({
      code: expect.stringMatching(/^HF_WORKLOAD_(STOPPED|UNKNOWN)$/),
      mayHaveExecuted: false,
    });
    expect(await home.pids(server.name)).toEqual([]);
    expect((await session.request('ping')).status).toBe(404);
    const again = await home.run('rm', server.name);
    expect(again.code).not.toBe(0);
    expect(again.stderr).toContain(server.name);

    const boots = server.incarnations().length;
    server.behave({});
    const fresh = await Fixture.run(home, 'gone', { flags: RESTART_AT_ONCE });
    expect((await session.request('ping')).status).toBe(404);
    expect((await (await RawSession.open(fresh.url)).call('safe', { tag: 'x' })).json?.result).toBeDefined();
    expect(fresh.incarnations()).toHaveLength(boots + 1);
  });

  it('S46 start, restart and stop at the same moment: one of them is the last, and what it asked for holds', async () => {
    const server = await Fixture.run(home, 'race', { flags: RESTART_AT_ONCE });
    for (const _ of [1, 2]) {
      const said = await Promise.all([home.run('restart', server.name), home.run('stop', server.name), home.run('start', server.name)]);
      for (const { code, stderr } of said) if (code !== 0) expect(stderr).toContain('HF_CANCELLED');
    }
    await home.ok('stop', server.name);
    expect(await home.pids(server.name)).toEqual([]);
    await home.ok('start', server.name);
    expect(await server.listed()).toMatchObject({ status: 'running', desired: 'running' });
    expect(new Set(server.journal().map(({ boot }) => boot)).size).toBe(server.incarnations().length);
  });

  it('S46 a session is closed twice: gone the first time, 404 the second', async () => {
    const server = await Fixture.run(home, 'closed', { flags: RESTART_AT_ONCE });
    const session = await RawSession.open(server.url);
    const statuses = [await session.delete(), await session.delete()].map(({ status }) => status);
    expect(statuses).toEqual([200, 404]);
  });

  it('S46 the daemon is stopped twice', async () => {
    const server = await Fixture.run(home, 'last', { flags: RESTART_AT_ONCE });
    const said = await Promise.all([1, 2].map(() => home.run('daemon', 'stop')));
    expect(said.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect(await home.pids(server.name)).toEqual([]);
    expect((await home.run('daemon', 'stop')).code).toBe(0);
  });
});
