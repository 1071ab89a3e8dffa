import { expect, it } from 'vitest';
import { closeAll, connectEach, failure, untilListening } from '../../../support/clients.ts';
import { ensureImages } from '../../../support/engine/images.ts';
import { RawSession, rawRequest } from '../../../support/raw-client.ts';
import { until } from '../../../support/until.ts';
import { Contained } from './contained.ts';
import { describeEngines, instanceOf } from './scene.ts';
import { Told } from './what-was-told.ts';

/** What `docs/scenarios.md` promises, ms. */
const SEEN_WITHIN_MS = 1_000;

const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
});

describeEngines('somebody else removes the container', (scene, kind) => {
  it.each(['stdio', 'http'] as const)(
    'S13 of a %s server: seen at once, no crash; its tools are gone until it is started',
    async (transport) => {
      const { home, outside } = scene();
      const server = await Contained.run(scene(), `removed-${transport}`, { transport });
      const clients = await connectEach(server.url);
      await Promise.all(clients.map(untilListening));
      const raw = await RawSession.open(server.url);
      const listener = await raw.stream();
      const waiting = clients.map((client) => failure(client.call('unsafe', { tag: client.sdk, ms: 60_000 })));
      await until('both calls run', () => clients.every(({ sdk }) => server.executions('unsafe', sdk) === 1));
      const [before, listed, told] = [await server.container(), await server.now(), await Told.fromNow(scene())];

      await outside.remove(server.name);
      const gone = await told.until(server.name, 'workload.removed-outside');
      expect(await told.delay(gone, before.Id, 'removed')).toBeLessThan(SEEN_WITHIN_MS);
      expect(gone.message).toContain(`holdfast start ${server.name}`);
      for (const { data } of await Promise.all(waiting)) {
        expect(data).toMatchObject({ code: 'HF_BACKEND_LOST', mayHaveExecuted: true });
      }
      await until('the stream of its client has ended', () => listener.ended);
      const answers = [await raw.request('tools/list'), await raw.call('safe'), await rawRequest(server.url, { body: INITIALIZE })];
      expect(answers.map(({ status, json }) => [status, json?.error?.data?.['code']])).toEqual(
        answers.map(() => [404, 'HF_REMOVED_OUTSIDE']),
      );
      for (const client of clients) await expect(client.tools()).rejects.toThrow(/removed by somebody else/);

      expect(await home.ok('ls')).not.toContain(server.name);
      expect(await home.ok('ls', '-a')).toMatch(new RegExp(`${server.name}.*stopped.*removed by somebody else`));
      expect(await server.now()).toMatchObject({
        lifecycle: 'stopped',
        reason: { code: 'removed-outside' },
        restarts: 0,
        next_start_at: null,
      });
      // Podman tells of a removal as of a death first, which may be followed by a plan.
      const types = (await told.types(server.name)).filter((type) => kind === 'docker' || type !== 'workload.backoff');
      expect(types).toEqual(['backend.exited', 'workload.removed-outside']);
      if (kind === 'docker')
        expect((await server.now()).last_exit).toMatchObject({ cause: 'removed', summary: 'removed by somebody else' });
      expect(await outside.inspect(before.Id)).toBeNull();

      await home.ok('start', server.name);
      expect((await server.container()).Id).not.toBe(before.Id);
      expect(await server.now()).toMatchObject({ url: listed.url, status: 'running', reason: null });
      expect((await raw.call('safe', { tag: 'anew' })).json?.result?.['content']).toEqual([{ type: 'text', text: 'safe anew' }]);
      expect(await Promise.all(clients.map((client) => client.text('safe', { tag: 'again' })))).toEqual(['safe again', 'safe again']);
      await closeAll(clients);

      await outside.remove(server.name);
      await until('it is removed again', async () => (await server.now()).reason?.code === 'removed-outside');
      await home.ok('rm', server.name);
      expect(await home.ok('ls', '-a')).not.toContain(server.name);
      expect(await outside.list(`holdfast.instance=${instanceOf(home)}`)).toEqual([]);
      expect(await outside.networks(`holdfast.instance=${instanceOf(home)}`)).toEqual([]);
    },
  );

  it('S13 while it does not run: of a stopped workload, and of one that waits for its next start', async () => {
    const { home, outside } = scene();
    const stopped = await Contained.run(scene(), 'removed-stopped');
    await home.ok('stop', stopped.name);
    await outside.remove(stopped.name);
    await home.ok('start', stopped.name);
    expect(await stopped.now()).toMatchObject({ status: 'running' });

    const waits = await Contained.run(scene(), 'removed-waits', { flags: ['--restart-delays', '50s'] });
    await outside.kill(waits.name);
    await waits.until('waits for its next start', ({ lifecycle }) => lifecycle === 'backoff');
    const told = await Told.fromNow(scene());
    await outside.remove(waits.name);
    await told.until(waits.name, 'workload.removed-outside');
    expect(await waits.now()).toMatchObject({ lifecycle: 'stopped', reason: { code: 'removed-outside' }, next_start_at: null });
    await home.ok('rm', stopped.name, waits.name);
  });

  it('S14 and makes another one of its name: known by its id, and never touched', async () => {
    const { home, outside, engine } = scene();
    const server = await Contained.run(scene(), 'removed-replaced');
    const [before, told] = [await server.container(), await Told.fromNow(scene())];
    await outside.remove(server.name);
    const [image = ''] = await ensureImages(engine, 'stubborn');
    const stranger = await outside.stranger(server.name, image);
    const born = await outside.inspect(stranger);
    await told.until(server.name, 'workload.removed-outside');

    const refused = await home.run('start', server.name);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/HF_NAME_TAKEN/);
    expect(refused.stderr).toContain(stranger.slice(0, 12));
    expect(await outside.list(`holdfast.instance=${instanceOf(home)}`)).toEqual([]);
    expect(await home.run('stop', server.name)).toMatchObject({ code: 0 });
    expect(await home.run('rm', server.name)).toMatchObject({ code: 0 });
    const after = await outside.inspect(server.name);
    expect(after?.Id).toBe(stranger);
    expect(stranger).not.toBe(before.Id);
    expect(after?.State).toMatchObject({ Running: true, StartedAt: born?.State.StartedAt });
    await outside.remove(stranger);
  });
});
