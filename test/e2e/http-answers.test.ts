import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeAll, connectEach, failure, SDKS } from '../support/clients.ts';
import { Fixture, RESTART_AT_ONCE } from '../support/fixture.ts';
import type { Home } from '../support/home.ts';
import { describeRuntimes, homeOn, WITHOUT_PODMAN } from '../support/runtimes.ts';
import type { Conduct } from '../support/servers/fixture-conduct.mjs';

describeRuntimes(
  'HTTP answers',
  (on) => {
    let home: Home;

    beforeAll(async () => {
      home = await homeOn(on);
    });

    afterAll(() => home?.end());

    const answering: readonly [string, Conduct][] = [
      ['event streams', {}],
      ['event streams that can be resumed', { resumable: true }],
      ['JSON', { json: true }],
    ];

    it.each(answering)(
      'an HTTP server that answers with %s is killed in a call: the unsafe ones fail at once, explained; the safe ones are repeated once',
      async (how, conduct) => {
        const server = await Fixture.run(home, `flight-${how.replaceAll(' ', '-').toLowerCase()}`, {
          kind: 'http',
          flags: RESTART_AT_ONCE,
          conduct,
        });
        const clients = await connectEach(server.url);
        await Promise.all(clients.map((client) => client.tools()));
        const unsafe = clients.map((client) => failure(client.call('unsafe', { tag: client.sdk, ms: 60_000 })));
        const safe = clients.map((client) => client.text('safe', { tag: client.sdk, firstMs: 60_000 }));
        await Promise.all(SDKS.flatMap((sdk) => [server.untilExecuted('unsafe', sdk), server.untilExecuted('safe', sdk)]));
        const started = performance.now();
        const { generation } = await server.kill();
        for (const error of await Promise.all(unsafe)) {
          expect(error).toMatchObject({
            code: -31_000,
            data: { code: 'HF_BACKEND_LOST', generation, signal: 'SIGKILL', exitCode: null, mayHaveExecuted: true },
          });
        }
        expect(performance.now() - started).toBeLessThan(5_000);
        expect(await Promise.all(safe)).toEqual(['safe old', 'safe new']);
        expect(SDKS.map((sdk) => [server.executions('unsafe', sdk), server.executions('safe', sdk)])).toEqual([
          [1, 2],
          [1, 2],
        ]);
        await closeAll(clients);
        await server.remove();
      },
    );

    it.each(answering)('an HTTP server that answers with %s: 5 MB arrive whole, progress arrives as it is made', async (how, conduct) => {
      const server = await Fixture.run(home, `large-${how.replaceAll(' ', '-').toLowerCase()}`, {
        kind: 'http',
        flags: RESTART_AT_ONCE,
        conduct,
      });
      const clients = await connectEach(server.url);
      for (const text of await Promise.all(clients.map((client) => client.text('big', { bytes: 5_000_000 }))))
        expect(text).toHaveLength(5_000_000);
      for (const client of clients) {
        const seen: number[] = [];
        expect(await client.text('progress', { steps: 4 }, { onProgress: (progress) => seen.push(progress) })).toBe('progress 4');
        // A server that answers in JSON has nothing to carry progress on.
        expect(seen).toEqual(conduct.json === true ? [] : [1, 2, 3, 4]);
      }
      await closeAll(clients);
      await server.remove();
    });
  },
  WITHOUT_PODMAN,
);
