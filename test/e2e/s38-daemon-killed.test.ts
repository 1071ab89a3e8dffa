import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Workload } from '../../src/api/contract/workload.ts';
import { closeAll, connect, connectEach, type TestClient, untilListening } from '../support/clients.ts';
import { Fixture, killServerOf, RESTART_AT_ONCE } from '../support/fixture.ts';
import type { Home } from '../support/home.ts';
import { RawSession } from '../support/raw-client.ts';
import { describeRuntimes, homeOn } from '../support/runtimes.ts';
import { until } from '../support/until.ts';

/** What tells a run of a server from any other. */
const sameRun = ({ pid, container, generation, restarts }: Workload): object => ({ pid, container, generation, restarts });

describeRuntimes('the daemon is killed', (on) => {
  let home: Home;

  beforeAll(async () => {
    home = await homeOn(on);
  });

  afterAll(() => home?.end());

  it('S38 session ids from before the SIGKILL of Holdfast are accepted, at the same URL, with what they had asked for', {
    timeout: 90_000,
  }, async () => {
    const stdio = await Fixture.run(home, 'stdio', { flags: RESTART_AT_ONCE });
    const http = await Fixture.run(home, 'http', { kind: 'http', flags: RESTART_AT_ONCE });
    const clients = await Promise.all([stdio, http].map((server) => connectEach(server.url)));
    const all = clients.flat();
    const sessions = all.map((client) => client.sessionId());
    await Promise.all(all.map(untilListening));
    for (const client of all) {
      await client.subscribe('fixture://one');
      await client.setLevel('warning');
    }
    const ended = await RawSession.open(stdio.url);
    await ended.delete();
    const before = { stdio: await stdio.listed(), http: await http.listed(), daemon: await home.daemon() };

    await home.killDaemon();
    // The next command starts it again.
    const after = { stdio: await stdio.listed(), http: await http.listed(), daemon: await home.daemon() };
    expect(after.daemon.pid).not.toBe(before.daemon.pid);
    expect([after.stdio.url, after.http.url]).toEqual([before.stdio.url, before.http.url]);
    expect(await Promise.all(all.map((client) => client.text('safe', { tag: 'x' })))).toEqual(all.map(() => 'safe x'));
    expect(all.map((client) => client.sessionId())).toEqual(sessions);
    expect((await ended.request('ping')).status).toBe(404);

    // The HTTP server was not restarted, and still knows its sessions.
    expect(after.http).toMatchObject(sameRun(before.http));
    expect(http.incarnations()).toHaveLength(1);
    expect(http.received('initialize')).toHaveLength(2);
    if (on === 'docker') {
      // So was the stdio server, which is not initialized a second time.
      expect(after.stdio).toMatchObject(sameRun(before.stdio));
      expect([stdio.incarnations().length, stdio.received('initialize').length]).toEqual([1, 1]);
    } else {
      // The stdio server is another one, told once what the sessions want.
      const [first, second] = stdio.incarnations();
      expect(first?.[0] && stdio.isAlive(first[0])).toBe(false);
      const restored = second?.filter(
        ({ what, method }) => what === 'received' && method !== 'tools/list' && !method?.startsWith('resources/list'),
      );
      expect(restored?.slice(0, 2).map(({ method }) => method)).toEqual(['initialize', 'notifications/initialized']);
    }
    await until(
      'it is told again',
      () => stdio.received('resources/subscribe').length > 1 && stdio.received('logging/setLevel').length > 2,
    );

    // The clients' streams come back by themselves.
    await until('streams are open again', () =>
      all.every(({ fetched }) => fetched.filter(({ verb, status }) => verb === 'GET' && status === 200).length > 1),
    );
    // What they subscribed to may have changed in the meantime, and they are told so.
    const updated = ({ notifications }: TestClient): boolean => notifications.some(({ params }) => params?.['uri'] === 'fixture://one');
    await until('subscribers know of the gap', () => all.every(updated));
    for (const client of all) {
      const seen = client.notifications.length;
      await client.call('log', { level: 'info', data: 'too quiet' });
      await client.call('log', { level: 'error', data: 'loud' });
      const heard = await until('the log comes', () =>
        client.notifications.slice(seen).find(({ method }) => method === 'notifications/message'),
      );
      expect(heard.params?.['data']).toBe('loud');
      expect(await client.text('touch', { uri: 'fixture://one' })).toBe('told');
      await until('the change comes', () => client.notifications.slice(seen).some(({ params }) => params?.['uri'] === 'fixture://one'));
    }
    await closeAll(all);
  });

  it('S38 a call in flight when Holdfast dies gets its definite answer when its stream is resumed', async () => {
    const server = await Fixture.run(home, 'flight', { flags: RESTART_AT_ONCE });
    const session = await RawSession.open(server.url);
    const call = await session.callStream('unsafe', { tag: 'x', ms: 60_000 }, {}, 'the-call');
    await until('it is primed', () => call.lastId);
    await home.killDaemon();
    await until('its connection is broken', () => call.ended);
    await home.ok('ls');
    const resumed = await session.stream(call.lastId);
    const { id, error } = await resumed.message('the error', (message) => message.error !== undefined);
    expect({ id, error }).toMatchObject({ id: 'the-call', error: { code: -31_016, data: { code: 'HF_DAEMON_RESTARTED' } } });
    expect(server.executions('unsafe', 'x')).toBe(1);
    expect((await session.call('safe', { tag: 'y' })).json?.result).toBeDefined();
  });

  it('HTTP servers that live through the SIGKILL of Holdfast are adopted; one that died meanwhile is started again', async () => {
    const lives = await Fixture.run(home, 'lives', { kind: 'http', flags: RESTART_AT_ONCE });
    const dies = await Fixture.run(home, 'dies', { kind: 'http', flags: RESTART_AT_ONCE });
    const stopped = await Fixture.run(home, 'stopped', { kind: 'http' });
    await home.ok('stop', stopped.name);
    const clients = await Promise.all([connect('old', lives.url), connect('new', dies.url)]);
    const before = [await lives.listed(), await dies.listed()];
    await home.killDaemon();
    const [, dying] = before;
    if (dying) killServerOf(dying);
    // Several commands at once find one daemon.
    await Promise.all([home.ok('ls'), home.ok('ls'), home.ok('daemon', 'start')]);
    expect(await Promise.all(clients.map((client) => client.text('safe', { tag: 'x' })))).toEqual(['safe x', 'safe x']);
    expect(await lives.listed()).toMatchObject({ generation: before[0]?.generation, pid: before[0]?.pid, container: before[0]?.container });
    expect((await dies.listed()).generation).toBeGreaterThan(before[1]?.generation ?? 0);
    expect([lives.incarnations().length, dies.incarnations().length]).toEqual([1, 2]);
    expect(await stopped.listed()).toMatchObject({ status: 'stopped', pid: null });
    // Adopted, it is still supervised.
    await lives.untilBack(await lives.kill());
    expect(await clients[0]?.text('safe', { tag: 'y' })).toBe('safe y');
    await closeAll(clients);
  });

  it('daemon restart keeps HTTP servers, daemon stop ends all: sessions are accepted after both', async () => {
    const http = await Fixture.run(home, 'kept', { kind: 'http', flags: RESTART_AT_ONCE });
    const stdio = await Fixture.run(home, 'ended', { flags: RESTART_AT_ONCE });
    const clients = await Promise.all([connect('old', http.url), connect('new', stdio.url)]);
    const before = await http.listed();
    await home.ok('daemon', 'restart');
    expect(await Promise.all(clients.map((client) => client.text('safe', { tag: 'x' })))).toEqual(['safe x', 'safe x']);
    expect(await http.listed()).toMatchObject(sameRun(before));
    expect(http.incarnations()).toHaveLength(1);
    await home.ok('daemon', 'stop');
    for (const { name } of [http, stdio]) expect(await home.pids(name)).toEqual([]);
    await home.ok('daemon', 'start');
    expect(await Promise.all(clients.map((client) => client.text('safe', { tag: 'y' })))).toEqual(['safe y', 'safe y']);
    await closeAll(clients);
  });
});
