import { describe, expect, it } from 'vitest';
import { closeAll, connectEach } from '../../../support/clients.ts';
import { ENGINE_KINDS, type PrivateEngine } from '../../../support/engine/engines.ts';
import { RawSession } from '../../../support/raw-client.ts';
import { until } from '../../../support/until.ts';
import { ContainedServer, containersOf } from './contained-server.ts';
import { ownEngine } from './own-engine.ts';

const DOWN_MS = 5_000;

/** How an engine goes away and comes back. */
const WAYS = {
  stopped: { go: (engine: PrivateEngine) => engine.stop(), back: (engine: PrivateEngine) => engine.start() },
  killed: { go: (engine: PrivateEngine) => engine.kill(), back: (engine: PrivateEngine) => engine.start() },
  frozen: { go: (engine: PrivateEngine) => engine.pause(), back: (engine: PrivateEngine) => engine.resume() },
} as const;

describe.each(ENGINE_KINDS)('on %s', (kind) => {
  const own = ownEngine(kind);
  let made: { readonly stdio: ContainedServer; readonly http: ContainedServer } | undefined;

  async function servers(): Promise<NonNullable<typeof made>> {
    const { engine, home } = own;
    // One that has not run for long, and one whose every run counts as stable: each spends something else when it is restarted.
    const stdio = made?.stdio ?? (await ContainedServer.run(home, engine, 'outage-stdio'));
    const http = made?.http ?? (await ContainedServer.run(home, engine, 'outage-http', { kind: 'http', flags: ['--restart-stable=0s'] }));
    made = { stdio, http };
    return made;
  }

  it.each(['stopped', 'killed', 'frozen'] as const)(
    'S16 the engine is %s for 5 s, and clients notice nothing but the time',
    async (how) => {
      const { engine, home } = own;
      const { stdio, http } = await servers();
      const all = [stdio, http];
      const clients = (await Promise.all(all.map(({ url }) => connectEach(url)))).flat();
      const sessions = clients.map((client) => client.sessionId());
      const raw = await Promise.all(all.map(({ url }) => RawSession.open(url)));
      // What is in the cache of lists is what the last server said.
      await Promise.all(raw.map((session) => session.request('tools/list')));
      const before = await Promise.all(all.map((server) => server.container()));
      const boots = all.map((server) => server.boots());
      const generations = (await Promise.all(all.map((server) => server.listed()))).map(({ generation }) => generation);

      await WAYS[how].go(engine);
      const gone = Date.now();
      if (how !== 'frozen') {
        const away = await Promise.all(
          all.map((server) => server.until('is known to be out of reach', ({ status }) => status === 'unknown')),
        );
        expect(away.map(({ desired }) => desired)).toEqual(['running', 'running']);
      }
      const calls = clients.map((client) => client.text('safe', { tag: how }));
      // A frozen engine is one that is slow, for as long: what was sent is answered in the end.
      for (const session of how === 'frozen' ? [] : raw) {
        const { status, json } = await session.request('tools/list');
        expect([status, json?.error]).toEqual([200, undefined]);
      }
      await until('it has been away for long enough', () => Date.now() - gone >= DOWN_MS);
      await WAYS[how].back(engine);

      expect(await Promise.all(calls)).toEqual(clients.map(() => `safe ${how}`));
      await Promise.all(
        all.map((server) => server.until('is as before', ({ lifecycle, reason }) => lifecycle === 'running' && reason === null)),
      );
      expect(clients.map((client) => client.sessionId())).toEqual(sessions);
      expect(
        clients.flatMap(({ fetched }) => fetched.map(({ status }) => status)).filter((status) => status >= 400 && status !== 405),
      ).toEqual([]);
      for (const session of raw) expect((await session.call('safe', { tag: 'raw' })).json?.result).toBeDefined();

      // Nothing was deleted, nothing is there twice, nothing was spent.
      const after = await Promise.all(all.map((server) => server.container()));
      expect(after.map(({ Id }) => Id)).toEqual(before.map(({ Id }) => Id));
      expect(await containersOf(engine, home)).toHaveLength(2);
      expect(all.map((server) => server.attempts())).toEqual([0, 0]);
      // Whatever lived through it is the same process, and was not restarted.
      const survives = (server: ContainedServer): boolean => how === 'frozen' || (kind === 'podman' && server === http);
      const listed = await Promise.all(all.map((server) => server.listed()));
      all.forEach((server, index) => {
        expect(after[index]?.State.StartedAt === before[index]?.State.StartedAt).toBe(survives(server));
        expect(server.boots()).toBe((boots[index] ?? 0) + (survives(server) ? 0 : 1));
        expect(listed[index]?.generation === generations[index]).toBe(survives(server));
      });
      await closeAll(clients);
    },
  );
});
