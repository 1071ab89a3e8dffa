import { expect, it } from 'vitest';
import { closeAll, connectEach } from '../../../support/clients.ts';
import { Contained } from '../outside/contained.ts';
import { describeEngines, instanceOf, type Scene } from '../outside/scene.ts';

async function ownNetworks({ home, outside }: Scene): Promise<string[]> {
  return (await outside.networks(`holdfast.instance=${instanceOf(home)}`)).map(({ Id }) => Id);
}

describeEngines('the network of the containers', (scene, kind) => {
  it.each(['stdio', 'http'] as const)('S30 is pruned while a %s server is down: made again with its next start', async (transport) => {
    const { home, outside } = scene();
    const server = await Contained.run(scene(), `pruned-${transport}`, { transport, flags: ['--restart-delays', '3s'] });
    const clients = await connectEach(server.url);
    const [first, ...more] = await ownNetworks(scene());
    expect([typeof first, more]).toEqual(['string', []]);

    await outside.kill(server.name);
    await server.until('waits for its next start', ({ lifecycle }) => lifecycle === 'backoff');
    await outside.pruneNetworks();
    // Podman does not prune what a container is meant to use.
    expect(await ownNetworks(scene())).toEqual(kind === 'docker' ? [] : [first]);
    expect(await Promise.all(clients.map((client) => client.text('safe', { tag: 'back' })))).toEqual(['safe back', 'safe back']);
    expect(await ownNetworks(scene())).toHaveLength(1);

    await home.ok('stop', server.name);
    await outside.pruneNetworks();
    await home.ok('start', server.name);
    expect(await Promise.all(clients.map((client) => client.text('safe', { tag: 'started' })))).toEqual(['safe started', 'safe started']);
    expect(await outside.list(`holdfast.instance=${instanceOf(home)}`)).toHaveLength(1);
    await closeAll(clients);
    await home.ok('rm', server.name);
    // It goes with the last container.
    expect(await ownNetworks(scene())).toEqual([]);
  });

  it('S30 is one for all, and stays while one of them is there', async () => {
    const { home } = scene();
    for (const name of ['shares-a', 'shares-b']) await Contained.run(scene(), name);
    const [only, ...more] = await ownNetworks(scene());
    expect(more).toEqual([]);
    await home.ok('rm', 'shares-a');
    expect(await ownNetworks(scene())).toEqual([only]);
    await home.ok('rm', 'shares-b');
    expect(await ownNetworks(scene())).toEqual([]);
  });
});
