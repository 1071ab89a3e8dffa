import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeAll, connectEach } from '../support/clients.ts';
import { engineJson } from '../support/engine/api.ts';
import { imageName } from '../support/engine/images.ts';
import { Outside } from '../support/engine/outside.ts';
import { Fixture, RESTART_AT_ONCE } from '../support/fixture.ts';
import type { Home } from '../support/home.ts';
import { describeRuntimes, homeOn } from '../support/runtimes.ts';

/** What the suites for several runtimes rely on. */
describeRuntimes('a fixture', (on) => {
  let home: Home;

  beforeAll(async () => {
    home = await homeOn(on);
  });
  afterAll(() => home?.end());

  for (const kind of ['stdio', 'http', 'modern-stdio', 'modern'] as const) {
    it(`serves as ${kind}, does what its conduct says, and comes back when it is killed`, async () => {
      const server = await Fixture.run(home, `homes-${kind}`, { kind, flags: RESTART_AT_ONCE, conduct: { extraTools: ['more'] } });
      const clients = await connectEach(server.url);
      const listed = await server.listed();
      expect([listed.runtime, listed.container !== null]).toEqual([on, on !== 'process']);
      expect(await Promise.all(clients.map((client) => client.text('more')))).toEqual(['more', 'more']);
      const before = await server.kill();
      expect((await server.untilBack(before)).last_exit).toMatchObject({ signal: 'SIGKILL' });
      expect(await Promise.all(clients.map((client) => client.text('more')))).toEqual(['more', 'more']);
      expect(server.incarnations().length).toBe(2);
      await closeAll(clients);
      await server.remove();
    });
  }
});

describeRuntimes(
  'a home that leaves a container behind',
  (on) => {
    it('ends with an error that names it, and without the container', async () => {
      const home = await homeOn(on);
      const { name } = await Fixture.run(home, 'homes-left');
      const engine = home.engine ?? { kind: 'docker', socket: '' };
      const outside = new Outside(engine);
      const labels = (await outside.inspect(name))?.Config.Labels ?? {};
      const body = { Labels: { ...labels, 'holdfast.workload': 'nobody' } };
      const id = await outside.stranger('homes-nobody', imageName('fixture'), { start: false, body });
      await expect(home.end()).rejects.toThrow('container /homes-nobody belongs to no workload');
      expect(await outside.inspect(id)).toBeNull();
      expect(await engineJson(engine, { path: '/containers/json?all=1' })).toEqual([]);
    });
  },
  ['docker', 'podman'],
);
