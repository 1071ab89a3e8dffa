import { expect, it } from 'vitest';
import { closeAll, connectEach } from '../../../support/clients.ts';
import { engineJson } from '../../../support/engine/api.ts';
import { until } from '../../../support/until.ts';
import { Contained } from './contained.ts';
import { describeEngines } from './scene.ts';
import { Told } from './what-was-told.ts';

describeEngines('a crashed HTTP server is started again', (scene, kind) => {
  it('S04 by a person: taken over as it runs, and held calls go on after one initialize for each session', async () => {
    const server = await Contained.run(scene(), 'adopted-http', { transport: 'http', flags: ['--restart-delays', '20s'] });
    const clients = await connectEach(server.url);
    const [before, listed, told] = [await server.container(), await server.now(), await Told.fromNow(scene())];
    // Its own end, with a code of its own: whoever watches it cannot take it for a stop.
    await clients[0]?.call('die', { code: 3 }).catch(() => undefined);
    await server.until('waits for its next start', ({ lifecycle }) => lifecycle === 'backoff');
    const held = clients.flatMap((client) => [1, 2, 3].map((number) => client.text('unsafe', { tag: `${client.sdk}${number}` })));
    await scene().outside.start(server.name);
    expect(await Promise.all(held)).toEqual(clients.flatMap(({ sdk }) => [1, 2, 3].map((number) => `unsafe ${sdk}${number}`)));

    const after = await server.container();
    expect(after.Id).toBe(before.Id);
    expect(server.boots()).toBe(2);
    const second = server.journal().slice(server.journal().findLastIndex(({ what }) => what === 'boot'));
    const names = second.filter(({ what, method }) => what === 'received' && method === 'initialize');
    expect(names).toHaveLength(clients.length);
    expect(await told.types(server.name)).toEqual([
      'backend.exited',
      'workload.backoff',
      'backend.starting',
      'backend.restarted-outside',
      'backend.ready',
    ]);
    expect(await server.now()).toMatchObject({
      url: listed.url,
      status: 'running',
      generation: listed.generation + 1,
      next_start_at: null,
    });
    expect((await server.now()).last_exit).toMatchObject({ exit_code: 3, by_other: false });
    // It is still the one that they started.
    expect((await server.container()).State.StartedAt).toBe(after.State.StartedAt);
    await closeAll(clients);
  });

  // Podman 4.3 has no call that changes the policy of a container.
  if (kind !== 'docker') return;
  it('S04 by the engine, which somebody told to: taken over as it runs', async () => {
    const server = await Contained.run(scene(), 'adopted-policy', { transport: 'http', flags: ['--restart-delays', '20s'] });
    const clients = await connectEach(server.url);
    const body = { RestartPolicy: { Name: 'always' } };
    await engineJson(scene().engine, { method: 'POST', path: `/containers/${server.name}/update`, body });
    for (const round of [1, 2]) {
      await clients[0]?.call('die', { code: 3 }).catch(() => undefined);
      await until('it was started again', () => server.boots() === round + 1);
      expect(await Promise.all(clients.map((client) => client.text('safe', { tag: String(round) })))).toEqual([
        `safe ${round}`,
        `safe ${round}`,
      ]);
      expect(await server.container()).toMatchObject({ State: { Running: true } });
      expect(server.boots()).toBe(round + 1);
      await server.until('is running', ({ lifecycle, restarts }) => lifecycle === 'running' && restarts === round);
    }
    await closeAll(clients);
  });
});
