import { describe, expect, it } from 'vitest';
import { ENGINE_KINDS, type PrivateEngine } from '../../../support/engine/engines.ts';
import { type RawAnswer, type RawMessage, RawSession } from '../../../support/raw-client.ts';
import { type FastDaemon, FastServer, fastDaemon } from './fast-daemon.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

describe.each(ENGINE_KINDS)('on %s', (kind) => {
  const world = fastDaemon(kind);
  let made: { readonly stdio: FastServer; readonly http: FastServer } | undefined;

  async function servers(): Promise<NonNullable<typeof made>> {
    made ??= {
      stdio: await FastServer.run(world(), 'long-stdio', 'stdio'),
      http: await FastServer.run(world(), 'long-http', 'http'),
    };
    return made;
  }

  it.each([
    ['killed', '60 s', MINUTE],
    ['stopped', '10 min', 10 * MINUTE],
  ] as const)(
    'S16 the engine is %s for %s: nothing is deleted, nothing is spent, and all goes on by itself',
    { timeout: 120_000 },
    async (how, _length, ms) => {
      const { engine, clock } = world();
      const { stdio, http } = await servers();
      const all = [stdio, http];
      const sessions = await Promise.all(all.map(({ url }) => RawSession.open(url)));
      await Promise.all(sessions.map((session) => session.request('tools/list')));
      const before = await Promise.all(all.map((server) => server.container()));

      await (how === 'killed' ? engine.kill() : engine.stop());
      await Promise.all(all.map((server) => server.until('is known to be out of reach', ({ status }) => status === 'unknown')));
      const [session] = sessions;
      const held = session?.call('unsafe', { tag: how });
      await clock.pass(ms);
      // Held for as long as for a crash, then refused; what comes later is refused at once, with the reason.
      expect(['HF_HOLD_EXPIRED', 'HF_RUNTIME_UNAVAILABLE']).toContain(errorCode(await held));
      expect(errorCode(await session?.call('unsafe', { tag: how }))).toBe('HF_RUNTIME_UNAVAILABLE');
      expect((await session?.request('tools/list'))?.json?.result).toBeDefined();
      for (const server of all) expect(await server.now()).toMatchObject({ desired: 'running', status: 'unknown' });
      await engine.start();

      await Promise.all(all.map((server) => server.untilRuns()));
      const after = await Promise.all(all.map((server) => server.container()));
      expect(after.map(({ Id }) => Id)).toEqual(before.map(({ Id }) => Id));
      // An HTTP server lives on under Podman; Docker ends what a killed engine left behind.
      expect(after.map(({ State }, index) => State.StartedAt === before[index]?.State.StartedAt)).toEqual([false, kind === 'podman']);
      expect(all.map((server) => server.attempts())).toEqual([0, 0]);
      for (const each of sessions) expect((await each.call('safe', { tag: 'again' })).json?.result).toBeDefined();
      for (const server of all) expect((await server.events()).filter(({ type }) => type === 'workload.failed')).toEqual([]);
    },
  );

  it('S17 the engine flaps for 30 min: nothing is given up', { timeout: 180_000 }, async () => {
    const { clock } = world();
    const { stdio, http } = await servers();
    const all = [stdio, http];
    const sessions = await Promise.all(all.map(({ url }) => RawSession.open(url)));
    const before = await Promise.all(all.map((server) => server.container()));
    const begun = clock.now();
    for (let round = 0; clock.now() - begun < 30 * MINUTE; round += 1) {
      await flap(world(), round);
      // Every other time it is up for long enough that servers are started, else it goes again at once.
      if (round % 2 === 0) await Promise.all(all.map((server) => server.untilRuns()));
      await clock.pass(2 * MINUTE);
      for (const server of all) expect((await server.now()).lifecycle).not.toBe('failed');
    }
    await Promise.all(all.map((server) => server.untilRuns()));
    const after = await Promise.all(all.map((server) => server.container()));
    expect(after.map(({ Id }) => Id)).toEqual(before.map(({ Id }) => Id));
    for (const session of sessions) expect((await session.call('safe', { tag: 'at last' })).json?.result).toBeDefined();
    for (const server of all) {
      expect((await server.events()).filter(({ type }) => type === 'workload.failed')).toEqual([]);
      expect(server.attempts()).toBe(0);
    }
  });
});

/** The code of the error that a call ended with; also where its answer had become a stream by then. */
function errorCode(answer: RawAnswer | undefined): unknown {
  const text = answer?.text.split('\n').findLast((line) => line.includes('"error"')) ?? '';
  const { error } = JSON.parse(text.replace(/^data: ?/, '')) as RawMessage;
  return error?.data?.['code'];
}

/** Away for two minutes of the daemon's time, each time in another way, and back. */
async function flap({ engine, proxy, clock }: FastDaemon, round: number): Promise<void> {
  const ways: readonly [(engine: PrivateEngine) => Promise<unknown>, (engine: PrivateEngine) => Promise<unknown>][] = [
    [() => engine.kill(), () => engine.start()],
    [() => proxy.cut(), () => proxy.restore()],
    [() => engine.stop(), () => engine.start()],
    [async () => proxy.stall(), () => proxy.restore()],
  ];
  const way = ways[round % ways.length];
  await way?.[0](engine);
  await clock.pass(2 * MINUTE);
  await way?.[1](engine);
}
