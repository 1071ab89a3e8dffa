import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { closeAll, connectEach } from '../../../support/clients.ts';
import { RESTART_AT_ONCE } from '../../../support/fixture.ts';
import { Contained } from '../outside/contained.ts';
import { describeEngines } from '../outside/scene.ts';

/** Port of this machine at which the engine publishes the server. */
async function hostPort(server: Contained): Promise<number> {
  const published = (await server.container()).NetworkSettings.Ports['8080/tcp']?.[0];
  if (!published) throw new Error(`${server.name} publishes nothing`);
  expect(published.HostIp).toBe('127.0.0.1');
  return Number(published.HostPort);
}

describeEngines('the host port of a container', (scene, kind) => {
  it('S28 changes at a restart and when the container is made anew: clients go on with their sessions', async () => {
    const { home, outside } = scene();
    const server = await Contained.run(scene(), 'port-changes', { transport: 'http', flags: RESTART_AT_ONCE });
    const clients = await connectEach(server.url);
    const sessions = clients.map((client) => client.sessionId());
    const goesOn = async (tag: string): Promise<void> => {
      expect(await Promise.all(clients.map((client) => client.text('unsafe', { tag })))).toEqual([`unsafe ${tag}`, `unsafe ${tag}`]);
      expect(server.executions('unsafe', tag)).toBe(2);
      expect(clients.map((client) => client.sessionId())).toEqual(sessions);
      expect((await server.now()).url).toBe(server.url);
    };
    const ports = [await hostPort(server)];
    await outside.kill(server.name);
    await goesOn('restarted');
    ports.push(await hostPort(server));

    await home.ok('stop', server.name);
    // Podman keeps the port for as long as the container is there, and another program may have it by now.
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(ports[1], '127.0.0.1', resolve));
    await home.ok('start', server.name);
    await goesOn('started');
    ports.push(await hostPort(server));
    await new Promise((resolve) => squatter.close(resolve));

    const { Id } = await server.container();
    await home.ok('update', server.name, '-e', 'CHANGED=1');
    await goesOn('anew');
    expect((await server.container()).Id).not.toBe(Id);
    ports.push(await hostPort(server));
    // Docker chooses another one each time.
    expect(new Set(ports).size).toBeGreaterThan(kind === 'docker' ? 2 : 1);
    await closeAll(clients);
  });
});
