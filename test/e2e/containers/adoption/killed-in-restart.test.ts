import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ENGINE_KINDS, type EngineAddress, engineFor, engineOrSkip } from '../../../support/engine/engines.ts';
import { type FaultProxy, startFaultProxy } from '../../../support/engine/fault-proxy.ts';
import { Outside } from '../../../support/engine/outside.ts';
import { createHome, type Home } from '../../../support/home.ts';
import { isAlive } from '../../../support/processes.ts';
import { RawSession } from '../../../support/raw-client.ts';
import { until } from '../../../support/until.ts';
import { ContainedServer, containersOf, findsEngine } from '../engine-outages/contained-server.ts';
import { endHome } from '../engine-outages/own-engine.ts';

/** Calls to the engine that come right after what the name says, in a restart by Holdfast. */
const FIRST_CALL_AFTER = {
  'the container was created': { last: /\/containers\/create/, call: /\/containers\/[^/]+\/(attach|start)/ },
  'the container was started': { last: /\/containers\/[^/]+\/start$/, call: /\/containers\/[^/]+\/json/ },
} as const;

/** Until what the daemon is to be killed in has come, ms. */
const MOMENT_BOUND_MS = 20_000;
/** Of one test: a daemon is started twice in each, and so are two servers. */
const BOUND_MS = 120_000;

describe.each(ENGINE_KINDS)('on %s', (kind) => {
  let engine: EngineAddress | undefined;
  let proxy: FaultProxy | undefined;
  let home: Home | undefined;
  let servers: ContainedServer[] = [];

  beforeEach(async (ctx) => {
    engineOrSkip(ctx, kind);
    if (home) return;
    engine = await engineFor(kind);
    proxy = await startFaultProxy(engine);
    home = await createHome(findsEngine(proxy));
    const flags = ['--restart-stable=0s'];
    servers = [
      await ContainedServer.run(home, engine, 'killed-stdio', { flags }),
      await ContainedServer.run(home, engine, 'killed-http', { kind: 'http', flags }),
    ];
  });
  afterAll(async () => {
    try {
      if (engine && home) await endHome(engine, home);
    } finally {
      await proxy?.end();
    }
  });

  /** Begins something and kills the daemon as soon as `moment` has come; nobody waits for what was begun. */
  async function killAt(begin: () => Promise<unknown>, moment: () => boolean): Promise<void> {
    if (!home) throw new Error('it is made before each test');
    const { pid } = await home.daemon();
    const begun = begin();
    // Looked for all the time: the calls of the daemon pass through this process.
    await new Promise<void>((resolve, reject) => {
      const end = performance.now() + MOMENT_BOUND_MS;
      const look = (): void => {
        if (moment()) resolve();
        else if (performance.now() > end)
          reject(
            new Error(
              `the moment did not come: ${
                proxy?.requests
                  .slice(-5)
                  .map(({ path }) => path)
                  .join(' ') ?? ''
              }`,
            ),
          );
        else setTimeout(look, 1);
      };
      look();
    });
    process.kill(pid, 'SIGKILL');
    await until('the daemon is dead', () => !isAlive(pid));
    await begun;
  }

  async function expectWhole(server: ContainedServer, session: RawSession, boots: number): Promise<void> {
    if (!home || !engine) throw new Error('they are made before each test');
    await home.ok('ls');
    await server.until('runs', ({ lifecycle }) => lifecycle === 'running');
    expect((await session.call('safe', { tag: 'after' })).json?.result).toBeDefined();
    // Each is there once. Under Podman the other stdio server is started again, too: its connection died with Holdfast.
    const engineOfAll = engine;
    const homeOfAll = home;
    let listed: string[] = [];
    await until('both run', async () => {
      const there = await containersOf(engineOfAll, homeOfAll);
      listed = there.map(({ Names, State }) => `${Names.join().replace(/^\//, '')} ${State}`).toSorted();
      return listed.every((line) => line.endsWith('running'));
    });
    expect(listed).toEqual(['killed-http running', 'killed-stdio running']);
    expect(server.boots()).toBeLessThanOrEqual(boots);
    // It was told once who Holdfast is, in each of its lives.
    if (server.url.includes('stdio')) expect(server.received('initialize').length).toBeLessThanOrEqual(server.boots());
  }

  it.each(['the container was created', 'the container was started'] as const)(
    'S21 Holdfast is killed after %s anew: nothing is there twice, nothing is left over',
    { timeout: BOUND_MS },
    async (when) => {
      const calls = proxy?.requests ?? [];
      for (const server of servers) {
        const session = await RawSession.open(server.url);
        const from = calls.length;
        const boots = server.boots();
        const { last, call } = FIRST_CALL_AFTER[when];
        const moment = (): boolean => {
          const at = calls.findIndex(({ path }, index) => index >= from && last.test(path));
          return at >= 0 && calls.some(({ path }, index) => index > at && call.test(path));
        };
        // A changed spec makes another container.
        await killAt(() => home?.run('update', server.name, '--env', `ROUND=${when}`) ?? Promise.reject(new Error('no home')), moment);
        await expectWhole(server, session, boots + 2);
        expect((await server.container()).Config.Env).toContain(`ROUND=${when}`);
      }
    },
  );

  it('S21 Holdfast is killed between the end of a server and its next start', { timeout: BOUND_MS }, async () => {
    if (!engine) throw new Error('it is made before each test');
    const outside = new Outside(engine);
    for (const server of servers) {
      const session = await RawSession.open(server.url);
      const { Id } = await server.container();
      const boots = server.boots();
      const from = proxy?.requests.length ?? 0;
      await killAt(
        () => outside.kill(server.name),
        () => proxy?.requests.some(({ path }, index) => index >= from && path.includes(Id)) === true,
      );
      await expectWhole(server, session, boots + 2);
      expect((await server.container()).Id).toBe(Id);
    }
  });

  it('S21 Holdfast is killed while a server that it started again boots', { timeout: BOUND_MS }, async () => {
    if (!engine) throw new Error('it is made before each test');
    const outside = new Outside(engine);
    for (const server of servers) {
      const session = await RawSession.open(server.url);
      const { Id } = await server.container();
      const boots = server.boots();
      server.behave({ bootMs: 1_000 });
      await killAt(
        () => outside.kill(server.name),
        () => server.boots() > boots,
      );
      await expectWhole(server, session, boots + 2);
      expect((await server.container()).Id).toBe(Id);
      server.behave({});
    }
  });
});
