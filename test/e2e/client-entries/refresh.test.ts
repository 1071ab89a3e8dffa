import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { CursorUser, registerCursor, removeCursor, urlOfCursor } from '../../support/cursor-user.ts';
import { Fixture, RESTART_AT_ONCE } from '../../support/fixture.ts';
import type { Home } from '../../support/home.ts';
import { RawSession } from '../../support/raw-client.ts';
import { describeRuntimes, homeOn, WITHOUT_PODMAN } from '../../support/runtimes.ts';

/** Cursor's time to notice is not known: it gets this long, ms. */
const NOTICES_WITHIN_MS = 2_000;

describeRuntimes(
  'the entry of a server that crashes',
  (on) => {
    let home: Home;
    let user: CursorUser;

    beforeAll(async () => {
      user = new CursorUser();
      home = await homeOn(on, user.env);
      await home.ok('ls');
    });
    beforeEach(async () => {
      user.write(user.original);
      await registerCursor(home, { client_refresh: null });
    });
    afterAll(async () => {
      await home?.end();
      user.remove();
    });

    it('is out before the restart and in when it is ready and was noticed, under `always`', async () => {
      const server = await Fixture.run(home, 'flaps', { flags: [...RESTART_AT_ONCE, '--client-refresh=always'] });
      expect(user.shows('flaps')).toBe(true);
      const shown = user.text();
      user.watch();
      await server.untilBack(await server.kill());
      const [before, out, back, ...more] = await user.untilChanged(3);
      expect([before?.text, out?.text, back?.text, more]).toEqual([shown, user.original, shown, []]);
      expect((back?.at ?? 0) - (out?.at ?? 0)).toBeGreaterThan(NOTICES_WITHIN_MS - 50);
      const events = await home.events('flaps');
      const order = events.map(({ type }) => type).filter((type) => /^client\.|backend\.ready/.test(type));
      expect(order).toEqual(['backend.ready', 'client.entry-written', 'client.entry-removed', 'backend.ready', 'client.entry-written']);
      await server.remove();
      expect(user.text()).toBe(user.original);
    });

    it('stays under `never`, and under `auto` when no client noticed the crash', async () => {
      const flags = [...RESTART_AT_ONCE, '--client-refresh=never', '--hold=1s'];
      const [never, auto] = [await Fixture.run(home, 'never', { flags }), await Fixture.run(home, 'auto', { flags: RESTART_AT_ONCE })];
      const sessions = await Promise.all(['never', 'auto'].map(async (name) => RawSession.open(await urlOfCursor(home, name))));
      user.watch();
      never.behave({ bootMs: 2_500 });
      const crashed = await never.crash();
      const expired = await sessions[0]?.call('unsafe');
      expect(expired?.json?.error?.data).toMatchObject({ code: 'HF_HOLD_EXPIRED' });
      await auto.untilBack(await auto.crash());
      expect((await sessions[1]?.call('safe'))?.json?.error).toBeUndefined();
      await never.untilBack(crashed);
      expect(user.history).toHaveLength(1);
      await never.remove();
      await auto.remove();
      expect(user.text()).toBe(user.original);
    });

    it('is out and in under `auto` for the client whose call expired, and for no other', async () => {
      const server = await Fixture.run(home, 'cut', { flags: [...RESTART_AT_ONCE, '--hold=1s'] });
      const [keyed, keyless] = [await RawSession.open(await urlOfCursor(home, 'cut')), await RawSession.open(server.url)];
      const shown = user.text();
      user.watch();
      server.behave({ bootMs: 2_500 });
      await server.crash();
      expect((await keyless.call('unsafe')).json?.error?.data).toMatchObject({ code: 'HF_HOLD_EXPIRED' });
      expect(user.history).toHaveLength(1);
      expect((await keyed.call('unsafe')).json?.error?.data).toMatchObject({ code: 'HF_HOLD_EXPIRED' });
      expect((await user.untilChanged(3)).map(({ text }) => text)).toEqual([shown, user.original, shown]);
      expect((await keyed.call('safe', { tag: 'back' })).json?.result?.['content']).toEqual([{ type: 'text', text: 'safe back' }]);
      await server.remove();
    });

    it('goes with a give-up, comes with the next start that succeeds; goes with `stop`, comes with `start`', async () => {
      const flags = ['--restart-immediate=0/1s', '--restart-delays=100ms', '--restart-attempts=1'];
      const server = await Fixture.run(home, 'fails', { flags });
      server.behave({ exit: 3 });
      await server.kill();
      await home.untilWorkload('fails', 'has failed', ({ lifecycle }) => lifecycle === 'failed');
      await user.untilHidden('fails');
      expect((await home.run('start', 'fails')).code).toBe(1);
      expect(user.text()).toBe(user.original);
      server.behave({});
      await home.ok('start', 'fails');
      expect(user.shows('fails')).toBe(true);
      await home.ok('stop', 'fails');
      expect(user.text()).toBe(user.original);
      await home.ok('start', 'fails');
      expect(user.shows('fails')).toBe(true);
      await server.remove();
      expect(user.text()).toBe(user.original);
    });

    it('comes back at the next start when the daemon is killed while it is out', async () => {
      const server = await Fixture.run(home, 'interrupted', { flags: [...RESTART_AT_ONCE, '--client-refresh=always'] });
      const shown = user.text();
      server.behave({ bootMs: 1_000 });
      await server.kill();
      await user.untilHidden('interrupted');
      await home.killDaemon();
      expect(user.text()).toBe(user.original);
      await home.untilWorkload('interrupted', 'runs again', ({ lifecycle }) => lifecycle === 'running');
      await user.untilShown('interrupted');
      expect(user.text()).toBe(shown);
      await server.remove();
      await removeCursor(home);
      expect(user.text()).toBe(user.original);
    });
  },
  WITHOUT_PODMAN,
);
