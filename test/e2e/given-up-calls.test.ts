import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeAll, connect, connectEach, failure, SDKS } from '../support/clients.ts';
import { Fixture, RESTART_AT_ONCE } from '../support/fixture.ts';
import type { Home } from '../support/home.ts';
import { RawSession } from '../support/raw-client.ts';
import { describeRuntimes, homeOn, WITHOUT_PODMAN } from '../support/runtimes.ts';
import { until } from '../support/until.ts';

describeRuntimes(
  'a call that is given up',
  (on) => {
    let home: Home;

    beforeAll(async () => {
      home = await homeOn(on);
    });

    afterAll(() => home?.end());

    it('a held call that its client cancels, or whose client leaves, never runs', async () => {
      const held = await Fixture.run(home, 'held', { flags: RESTART_AT_ONCE });
      const clients = await connectEach(held.url);
      const raw = await RawSession.open(held.url);
      held.behave({ bootMs: 2_000 });
      await held.crash();
      const cancel = new AbortController();
      const calls = clients.map((client) =>
        client.call('unsafe', { tag: 'gone' }, { signal: cancel.signal }).catch((error: unknown) => error),
      );
      const left = await raw.callAndLeave('unsafe', { tag: 'gone' });
      const stays = clients.map((client) => client.text('unsafe', { tag: 'stays' }));
      await Promise.all(clients.map((client) => client.ping()));
      cancel.abort('not wanted');
      left();
      expect(await Promise.all(calls)).toEqual([expect.any(Error), expect.any(Error)]);
      expect(await Promise.all(stays)).toEqual(['unsafe stays', 'unsafe stays']);
      expect(held.executions('unsafe', 'gone')).toBe(0);
      await closeAll(clients);
    });

    it.each(['stdio', 'http'] as const)(
      "a %s server dies while it waits for a client's answer: the question is void, and the late answer reaches nobody",
      async (kind) => {
        const asking = await Fixture.run(home, `asking-${kind}`, { kind, flags: RESTART_AT_ONCE });
        const answers = new Map<string, (answer: string) => void>();
        const elicit = (message: string): Promise<string> => new Promise((resolve) => answers.set(message, resolve));
        const clients = await Promise.all(SDKS.map((sdk) => connect(sdk, asking.url, { elicit })));
        for (const client of clients) {
          const lost = failure(client.call('elicit', { message: `first ${client.sdk}` }));
          await until('the user is asked', () => answers.has(`first ${client.sdk}`));
          await asking.kill();
          expect(await lost).toMatchObject({ code: -31_000, data: { mayHaveExecuted: true, signal: 'SIGKILL' } });
          await client.call('whoami');
          const second = client.text('elicit', { message: `second ${client.sdk}` });
          await until('the user is asked again', () => answers.has(`second ${client.sdk}`));
          answers.get(`first ${client.sdk}`)?.('late');
          answers.get(`second ${client.sdk}`)?.('in time');
          expect(JSON.parse(await second)).toMatchObject({ content: { answer: 'in time' } });
          expect(JSON.stringify(asking.journal())).not.toContain('"late"');
        }
        await closeAll(clients);
        await asking.remove();
      },
    );

    it.each(['stdio', 'http'] as const)(
      'a call of a %s server that outlives the request timeout ends with an error, and the server is told; progress gives it time',
      async (kind) => {
        const slow = await Fixture.run(home, `slow-${kind}`, { kind, flags: [...RESTART_AT_ONCE, '--request-timeout=2s'] });
        const clients = await connectEach(slow.url);
        const steady = clients.map((client) => client.text('progress', { steps: 8, ms: 500 }, { onProgress: () => undefined }));
        for (const { code, data } of await Promise.all(
          clients.map((client) => failure(client.call('unsafe', { tag: client.sdk, ms: 60_000 }))),
        ))
          expect({ code, data }).toMatchObject({ code: -31_007, data: { code: 'HF_REQUEST_TIMEOUT', mayHaveExecuted: true } });
        for (const sdk of SDKS)
          await until('the server is told', () => slow.journal().some(({ what, tag }) => what === 'cancelled' && tag === sdk));
        expect(await Promise.all(steady)).toEqual(['progress 8', 'progress 8']);
        expect((await slow.listed()).restarts).toBe(0);
        await closeAll(clients);
        await slow.remove();
      },
    );
  },
  WITHOUT_PODMAN,
);
