import { afterAll, expect, it } from 'vitest';
import { CursorUser, cursorEntries, registerCursor } from '../../../support/cursor-user.ts';
import { RESTART_AT_ONCE } from '../../../support/fixture.ts';
import { Contained } from './contained.ts';
import { describeEngines } from './scene.ts';

/** What `docs/scenarios.md` promises, ms. */
const GONE_WITHIN_MS = 1_000;

const users: CursorUser[] = [];

/** One user for each engine. */
const newUser = (): Record<string, string> => {
  users.push(new CursorUser());
  return users.at(-1)?.env ?? {};
};
const userNow = (): CursorUser => {
  const user = users.at(-1);
  if (user === undefined) throw new Error('there is no user outside of a test');
  return user;
};
afterAll(() => {
  for (const user of users) user.remove();
});

describeEngines(
  'the entry of a server in a container',
  (scene, kind) => {
    it('S13 is gone for good when somebody else removes the container, until the workload is started', async () => {
      const { home, outside } = scene();
      const user = userNow();
      const server = await Contained.run(scene(), 'entry-removed', { flags: ['--client-refresh=always'] });
      await registerCursor(home);
      expect(user.shows(server.name)).toBe(true);
      user.watch();
      await outside.remove(server.name);
      const removedAt = performance.now();
      await user.untilChanged(2);
      await server.until('is removed', ({ reason }) => reason?.code === 'removed-outside');
      expect(user.history.map(({ text }) => text).at(-1)).toBe(user.original);
      expect((user.history.at(-1)?.at ?? 0) - removedAt).toBeLessThan(GONE_WITHIN_MS);
      // A refresh would be over by now.
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      expect(user.text()).toBe(user.original);
      await home.ok('start', server.name);
      expect(await cursorEntries(home)).toEqual({ [server.name]: 'written' });
      await home.ok('rm', server.name);
      expect(user.text()).toBe(user.original);
    });

    // Podman does not tell a stop from an exit.
    if (kind === 'podman') return;

    it('S12 goes with a stop from outside that its policy respects, and comes with `start`', async () => {
      const { home, outside } = scene();
      const user = userNow();
      const server = await Contained.run(scene(), 'entry-stopped', { flags: [...RESTART_AT_ONCE, '--restart=unless-stopped'] });
      await registerCursor(home);
      await outside.stop(server.name);
      await user.untilHidden(server.name);
      await home.ok('start', server.name);
      expect(user.shows(server.name)).toBe(true);
      await home.ok('rm', server.name);
      expect(user.text()).toBe(user.original);
    });
  },
  newUser,
);
