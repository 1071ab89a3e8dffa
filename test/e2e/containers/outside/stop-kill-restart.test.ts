import { expect, it } from 'vitest';
import { closeAll, connectEach } from '../../../support/clients.ts';
import { RESTART_AT_ONCE } from '../../../support/fixture.ts';
import { Contained } from './contained.ts';
import { describeEngines } from './scene.ts';
import { Told } from './what-was-told.ts';

/** What `docs/scenarios.md` promises, ms. */
const SEEN_WITHIN_MS = 1_000;
type Transport = 'stdio' | 'http';

/** The same for a stdio and an HTTP server, at the same time. */
async function forBoth(work: (transport: Transport) => Promise<void>): Promise<void> {
  const results = await Promise.allSettled([work('stdio'), work('http')]);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

describeEngines('somebody else has the engine', (scene, kind) => {
  it('S12 restart a server: seen at once, taken over, and their command succeeds', () =>
    forBoth(async (transport) => {
      const server = await Contained.run(scene(), `outside-restarted-${transport}`, { transport });
      const clients = await connectEach(server.url);
      const [before, listed, told] = [await server.container(), await server.now(), await Told.fromNow(scene())];
      await scene().outside.restart(server.name);
      const exited = await told.until(server.name, 'backend.exited');
      expect(await told.delay(exited, before.Id, 'died')).toBeLessThan(SEEN_WITHIN_MS);
      expect(await Promise.all(clients.map((client) => client.text('safe', { tag: 'after' })))).toEqual(['safe after', 'safe after']);

      const after = await server.container();
      expect(after.Id).toBe(before.Id);
      expect(after.State.StartedAt).not.toBe(before.State.StartedAt);
      // Neither stopped nor started once more by Holdfast.
      expect(server.boots()).toBe(2);
      expect(await told.types(server.name)).toContain('backend.restarted-outside');
      expect(await told.types(server.name)).not.toContain('workload.revived');
      expect(await server.now()).toMatchObject({
        url: listed.url,
        generation: listed.generation + 1,
        status: 'running',
        restarts: 1,
        reason: null,
      });
      expect(clients.every(({ fetched }) => fetched.every(({ status }) => status < 400 || status === 405))).toBe(true);
      await closeAll(clients);
    }));

  it('S12 restart a server that Holdfast starts again at once: started once, and their command succeeds', () =>
    forBoth(async (transport) => {
      const server = await Contained.run(scene(), `outside-raced-${transport}`, { transport, flags: RESTART_AT_ONCE });
      const clients = await connectEach(server.url);
      for (const round of [1, 2, 3]) {
        const before = await server.container();
        await scene().outside.restart(server.name);
        expect(await Promise.all(clients.map((client) => client.text('safe', { tag: String(round) })))).toEqual([
          `safe ${round}`,
          `safe ${round}`,
        ]);
        expect(await server.container()).toMatchObject({ Id: before.Id, State: { Running: true } });
        expect(server.boots()).toBe(round + 1);
      }
      await closeAll(clients);
    }));

  it.each(['stop', 'kill'] as const)('S12 %s a server: seen at once, and revived under always', (verb) =>
    forBoth(async (transport) => {
      const server = await Contained.run(scene(), `outside-${verb}-${transport}`, { transport, flags: RESTART_AT_ONCE });
      const clients = await connectEach(server.url);
      const [before, listed, told] = [await server.container(), await server.now(), await Told.fromNow(scene())];
      await scene().outside[verb](server.name);
      const exited = await told.until(server.name, 'backend.exited');
      expect(await told.delay(exited, before.Id, 'died')).toBeLessThan(SEEN_WITHIN_MS);
      expect(await Promise.all(clients.map((client) => client.text('safe', { tag: 'after' })))).toEqual(['safe after', 'safe after']);

      await told.until(server.name, 'backend.ready');
      expect(await server.container()).toMatchObject({ Id: before.Id, State: { Running: true } });
      expect(await server.now()).toMatchObject({
        url: listed.url,
        generation: listed.generation + 1,
        status: 'running',
        desired: 'running',
      });
      expect(await told.types(server.name)).toEqual([
        'backend.exited',
        'backend.starting',
        // Podman does not say who ended it.
        ...(kind === 'docker' ? ['workload.revived'] : []),
        'backend.ready',
      ]);
      if (kind === 'docker') expect((await told.until(server.name, 'workload.revived')).message).toContain(`holdfast stop ${server.name}`);
      expect(server.boots()).toBe(2);
      await closeAll(clients);
    }),
  );

  it('S12 stop a server under unless-stopped: respected where the engine says who did it', () =>
    forBoth(async (transport) => {
      const { home, outside } = scene();
      const name = `outside-respected-${transport}`;
      const protocol = transport === 'stdio' ? 'stdio' : 'streamable-http';
      const flags = ['--name', name, '--transport', protocol, '--restart', 'unless-stopped', ...RESTART_AT_ONCE];
      const said = await home.run('run', 'holdfast-test/fixture:local', ...flags);
      expect(said.code).toBe(0);
      const [before, told] = [await outside.inspect(name), await Told.fromNow(scene())];
      await outside.stop(name);
      await told.until(name, 'backend.exited');
      if (kind === 'podman') {
        expect(said.stderr).toMatch(/warning: .*unless-stopped/i);
        await told.until(name, 'backend.ready');
        expect(await outside.inspect(name)).toMatchObject({ Id: before?.Id, State: { Running: true } });
        return;
      }
      expect(said.stderr).not.toContain('unless-stopped');
      const stopped = await told.until(name, 'workload.stopped');
      expect(stopped.data).toMatchObject({ code: 'stopped-outside' });
      expect(await home.workload(name)).toMatchObject({
        status: 'stopped',
        reason: { code: 'stopped-outside' },
        last_exit: { by_other: true },
      });
      expect((await outside.inspect(name))?.State.Running).toBe(false);
      await home.ok('start', name);
      expect(await outside.inspect(name)).toMatchObject({ Id: before?.Id, State: { Running: true } });
      expect(await told.types(name)).toEqual(['backend.exited', 'workload.stopped', 'backend.starting', 'backend.ready']);
    }));

  it('pause a server: told as a pause, and requests are answered when it goes on', () =>
    forBoth(async (transport) => {
      const server = await Contained.run(scene(), `outside-paused-${transport}`, { transport });
      const clients = await connectEach(server.url);
      const [before, told] = [await server.now(), await Told.fromNow(scene())];
      await scene().outside.pause(server.name);
      await told.until(server.name, 'backend.paused');
      expect(await server.now()).toMatchObject({ health: 'degraded', reason: { code: 'paused' }, lifecycle: 'running' });
      expect(await scene().home.ok('ls')).toMatch(new RegExp(`${server.name}.*paused`));
      const calls = clients.map((client) => client.text('unsafe', { tag: client.sdk }));
      await scene().outside.unpause(server.name);
      expect(await Promise.all(calls)).toEqual(['unsafe old', 'unsafe new']);
      await told.until(server.name, 'backend.resumed');
      expect(await server.now()).toMatchObject({ status: 'running', reason: null, generation: before.generation });
      expect(await told.types(server.name)).toEqual(['backend.paused', 'backend.resumed']);
      expect(server.boots()).toBe(1);
      await closeAll(clients);
    }));
});
