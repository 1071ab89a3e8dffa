import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../support/clients.ts';
import { RESTART_AT_ONCE } from '../../support/fixture.ts';
import { createHome, type Home } from '../../support/home.ts';
import { processesWith } from '../../support/processes.ts';
import { describeRuntimes, homeOn, WITHOUT_PODMAN } from '../../support/runtimes.ts';
import { until } from '../../support/until.ts';
import { LifeWorkload, livesFolder } from './life.ts';

describeRuntimes(
  'a daemon that is killed',
  (on) => {
    let home: Home;
    let gate: string;
    beforeAll(async () => {
      home = await homeOn(on);
      mkdirSync(livesFolder(home), { recursive: true });
      gate = join(livesFolder(home), 'gate');
    });
    afterAll(() => home?.end());
    beforeEach(() => writeFileSync(gate, ''));

    /** Nothing of it goes away by itself: it ignores the end of its input and SIGTERM, and so does its descendant. */
    const CLINGING = { stubborn: true, escapee: true };
    const FLAGS = [...RESTART_AT_ONCE, '--stop-timeout', '300ms'];

    /** What names the incarnations of which the server lives, or its descendant. */
    function alive(server: LifeWorkload): { servers: string[]; descendants: string[] } {
      const boots = server.boots();
      return {
        servers: boots.filter((boot) => server.aliveOf(boot).server).map(({ boot }) => boot),
        descendants: boots.filter((boot) => server.aliveOf(boot).escapee).map(({ boot }) => boot),
      };
    }

    describe.each(['stdio', 'streamable-http'] as const)('the daemon is killed with a %s server', (transport) => {
      const named = (name: string): string => `${name}-${transport}`;

      it('that is being started again: one server runs afterwards, with the descendants of none other, and the session goes on', async () => {
        const life = { ...CLINGING, readyWith: gate };
        const server = await LifeWorkload.run(home, named('restarting'), { transport, life, flags: FLAGS });
        const client = await connect('old', (await server.now()).url);
        await client.text('who');
        rmSync(gate);
        await server.kill();
        await until('the next one has booted', () => server.boots().length === 2);
        await home.killDaemon();
        writeFileSync(gate, '');

        await home.ok('daemon', 'start');
        await server.until('runs', ({ lifecycle }) => lifecycle === 'running');
        const last = server.boots().at(-1)?.boot;
        expect(alive(server)).toEqual({ servers: [last], descendants: [last] });
        expect(await client.text('who')).toBe(last);
        await client.close();
        await home.ok('rm', server.name);
        expect(alive(server)).toEqual({ servers: [], descendants: [] });
      });

      it('that waits for its next start: the wait goes on, and the attempts are remembered', async () => {
        const flags = ['--restart-delays', '2s', '--restart-jitter', '0', '--restart-attempts', '3'];
        const server = await LifeWorkload.run(home, named('waiting'), { transport, flags });
        await server.kill();
        const waiting = await server.until('waits', ({ lifecycle }) => lifecycle === 'backoff');
        const due = Date.parse(waiting.next_start_at ?? '');
        await until('that is on disk', () => readLadder(server) === due);
        await home.killDaemon();
        await home.ok('daemon', 'start');
        await server.until('runs', ({ lifecycle }) => lifecycle === 'running');
        const [, second] = server.boots();
        expect(second?.at).toBeGreaterThanOrEqual(due);
        expect((await server.inspect()).observed['ladder']).toMatchObject({ attempts: 1 });
        await home.ok('rm', server.name);
      });

      it('that is being stopped: it stays stopped, and nothing of it lives', async () => {
        const server = await LifeWorkload.run(home, named('stopping'), { transport, life: CLINGING, flags: FLAGS });
        const stop = home.run('stop', server.name, '--timeout', '20');
        await server.until('is being stopped', ({ lifecycle }) => lifecycle === 'stopping');
        await until('that is on disk', () => server.storedSpec()['desired'] === 'stopped');
        await home.killDaemon();
        expect((await stop).code).toBe(1);
        await home.ok('daemon', 'start');
        await server.until('is stopped', ({ lifecycle }) => lifecycle === 'stopped');
        expect(alive(server)).toEqual({ servers: [], descendants: [] });
        expect(server.boots()).toHaveLength(1);
        await home.ok('rm', server.name);
      });

      it('that is being removed: it does not come back, and nothing of it lives', async () => {
        const server = await LifeWorkload.run(home, named('removing'), { transport, life: CLINGING, flags: ['--stop-timeout', '2s'] });
        const removal = home.run('rm', server.name);
        await until('the removal has begun', () => server.storedSpec()['desired'] === 'stopped');
        await home.killDaemon();
        expect((await removal).code).toBe(1);
        await home.ok('daemon', 'start');
        await until('nothing of it lives', () => alive(server).servers.length + alive(server).descendants.length === 0);
        expect(server.boots()).toHaveLength(1);
        expect((await home.run('rm', '-f', server.name)).code).toBe(0);
        expect(existsSync(dirname(server.stateFile('spec.json')))).toBe(false);
      });

      it('that `run` still waits for: the command fails, and one server at most is there afterwards', async () => {
        rmSync(gate);
        const server = new LifeWorkload(home, named('newborn'), { transport, life: { ...CLINGING, readyWith: gate }, flags: FLAGS });
        const run = home.run(...server.command());
        await until('it has booted', () => server.boots().length === 1);
        await home.killDaemon();
        const { code, stderr } = await run;
        expect(code).toBe(1);
        expect(stderr).toContain('HF_DAEMON_UNREACHABLE');
        await home.ok('daemon', 'start');
        writeFileSync(gate, '');
        await server.until('runs', ({ lifecycle }) => lifecycle === 'running');
        const last = server.boots().at(-1)?.boot;
        expect(alive(server)).toEqual({ servers: [last], descendants: [last] });
        await home.ok('rm', server.name);
        expect(alive(server)).toEqual({ servers: [], descendants: [] });
      });
    });
  },
  WITHOUT_PODMAN,
);

// Processes of Holdfast itself, which has no servers here.
describe('command lines that start a daemon at once', () => {
  let home: Home;
  beforeAll(async () => {
    home = await createHome();
    await home.ok('daemon', 'start');
  });
  afterAll(() => home.end());

  it('end with one, also where the last daemon was killed and left its socket', async () => {
    for (let round = 0; round < 3; round += 1) {
      await home.killDaemon();
      const said = await Promise.all(Array.from({ length: 5 }, () => home.run('daemon', 'start', '--format', 'json')));
      expect(said.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
      const pids = new Set(said.map(({ stdout }) => (JSON.parse(stdout) as { pid: number }).pid));
      const { pid } = await home.daemon();
      expect([...pids]).toEqual([pid]);
      const daemons = (): number[] => processesWith(`HOLDFAST_HOME=${home.folder}`).map((found) => found.pid);
      await until('the others have ended', () => daemons().length === 1);
      expect(daemons()).toEqual([pid]);
    }
  });
});

function readLadder(server: LifeWorkload): unknown {
  return (server.storedStatus()['ladder'] as Record<string, unknown>)['nextStartAt'];
}
