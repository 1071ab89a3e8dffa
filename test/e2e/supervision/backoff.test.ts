import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killServerOf } from '../../support/fixture.ts';
import type { Home } from '../../support/home.ts';
import { describeRuntimes, homeOn } from '../../support/runtimes.ts';
import { LifeWorkload, untilPast } from './life.ts';

/** Growing, and short enough to be waited for. */
const LADDER = ['--restart-delays', '50ms,150ms,450ms', '--restart-jitter', '0', '--restart-attempts', '4'];
/** Longer than a start that was not called off would need to show. */
const BOOT_MS = 700;

describeRuntimes('supervision', (on) => {
  let home: Home;
  beforeAll(async () => {
    home = await homeOn(on);
  });
  afterAll(() => home?.end());

  const gaps = (times: readonly number[]): number[] => times.slice(1).map((at, index) => at - (times[index] ?? 0));

  /** What the daemon planned: the waits between an end and the next start, ms. */
  async function plannedDelays(name: string): Promise<number[]> {
    const events = await home.events(name);
    return events.filter(({ type }) => type === 'workload.backoff').map(({ data }) => Number(data['delayMs']));
  }

  describe('a server that was ready once', () => {
    it('S08 exits with 0 at each start: the waits grow, the attempts are counted, then it has failed, with exit code and last output', async () => {
      const server = await LifeWorkload.run(home, 'idler', { flags: LADDER });
      server.next({ exit: 0, say: ['nothing to do today'] });
      await server.kill();
      const failed = await server.until('has failed', ({ lifecycle }) => lifecycle === 'failed');

      expect(failed).toMatchObject({
        status: 'error',
        reason: { code: 'attempts-exhausted' },
        restarts: 4,
        next_start_at: null,
        last_exit: { exit_code: 0, signal: null, cause: 'exited', last_lines: ['nothing to do today'] },
      });
      expect(failed.status_context).toContain('4');
      const boots = server.boots().map(({ at }) => at);
      expect(boots).toHaveLength(5);
      // Each start is later after the one before it than the planned wait, so nothing spins.
      for (const [index, gap] of gaps(boots).slice(1).entries()) expect(gap).toBeGreaterThanOrEqual([150, 450, 450][index] ?? 0);
      expect(await plannedDelays('idler')).toEqual([50, 150, 450, 450]);
      const events = await home.events('idler');
      expect(events.filter(({ type }) => type === 'workload.backoff').map(({ data }) => data['attempts'])).toEqual([1, 2, 3, 4]);
      expect(events.filter(({ type }) => type === 'workload.failed')).toHaveLength(1);

      const table = await home.ok('ls');
      const row = table.split('\n').find((line) => line.startsWith('idler')) ?? '';
      expect(row).toContain('error (attempts-exhausted)');
      expect(row).toMatch(/exit 0, .*: nothing to do today/);

      // Given up is given up, until somebody asks again; then the ladder begins anew.
      await untilPast(Date.now() + BOOT_MS);
      expect(server.boots()).toHaveLength(5);
      server.next({});
      await home.ok('start', 'idler');
      expect(await server.now()).toMatchObject({ lifecycle: 'running', reason: null });
      expect(server.boots()).toHaveLength(6);
    });

    it('S10 never becomes ready again: each start is a failed attempt, and the waits grow', async () => {
      const server = await LifeWorkload.run(home, 'mute', { flags: [...LADDER, '--stop-timeout', '200ms'] });
      await home.ok('update', 'mute', '--timeout', '400ms', '--restart-attempts', '3');
      server.next({ deaf: true });
      const before = await server.kill();
      const failed = await server.until('has failed', ({ lifecycle }) => lifecycle === 'failed');
      expect(failed).toMatchObject({ restarts: 3, reason: { code: 'attempts-exhausted' }, last_exit: { cause: 'not-ready' }, pid: null });
      expect(failed.last_exit?.generation).toBe(before.generation + 3);
      // The first one, and three more. On a busy machine a start may be ended before its program says that it runs.
      const starts = (await home.events('mute')).filter(({ type }) => type === 'backend.starting');
      expect(starts).toHaveLength(4);
      expect(await plannedDelays('mute')).toEqual([50, 150, 450]);
      expect(await server.processes()).toEqual([]);
    });
  });

  describe('in a backoff', () => {
    const SLOW = ['--restart-delays', '3s', '--restart-jitter', '0', '--restart-immediate', '0'];

    async function inBackoff(name: string): Promise<{ server: LifeWorkload; dueAt: number }> {
      const server = await LifeWorkload.run(home, name, { flags: SLOW });
      await server.kill();
      const waiting = await server.until('waits for its next start', ({ lifecycle }) => lifecycle === 'backoff');
      return { server, dueAt: Date.parse(waiting.next_start_at ?? '') };
    }

    it('S23 a stop cancels the start, and the workload stays stopped', async () => {
      const { server, dueAt } = await inBackoff('stopped');
      await home.ok('stop', 'stopped');
      expect(Date.now()).toBeLessThan(dueAt);
      expect(await server.now()).toMatchObject({ lifecycle: 'stopped', desired: 'stopped', next_start_at: null });
      await untilPast(dueAt + BOOT_MS);
      expect(server.boots()).toHaveLength(1);
      expect(await server.now()).toMatchObject({ lifecycle: 'stopped', restarts: 0 });
      expect(await server.processes()).toEqual([]);
    });

    it('S24 a removal is final: nothing comes back', async () => {
      const { server, dueAt } = await inBackoff('removed');
      const folder = dirname(server.stateFile('spec.json'));
      expect(existsSync(folder)).toBe(true);
      await home.ok('rm', 'removed');
      expect(Date.now()).toBeLessThan(dueAt);
      await untilPast(dueAt + BOOT_MS);
      expect(server.boots()).toHaveLength(1);
      expect(await home.ok('ls', '-a', '-q')).not.toContain('removed');
      expect(existsSync(folder)).toBe(false);
      expect(await server.processes()).toEqual([]);
    });
  });

  describe('a stop of a server that has ended already', () => {
    it('S25 succeeds while the exit is news, and disarms supervision', async () => {
      const flags = ['--restart-stable', '0s', '--restart-immediate', 'unlimited', '--restart-attempts', '0'];
      const server = await LifeWorkload.run(home, 'racing', { flags });
      for (let round = 0; round < 8; round += 1) {
        const running = await server.now();
        // Nobody waits between the two: the stop meets the exit at every stage of its news, and the start that follows it.
        killServerOf(running);
        if (round % 2 === 1) await server.until('is being started again', ({ restarts }) => restarts > running.restarts);
        await server.api.operation({ method: 'POST', path: '/v1/workloads/racing/stop' }, () => undefined);
        expect(await server.now()).toMatchObject({ lifecycle: 'stopped', desired: 'stopped', pid: null });
        expect(await server.processes()).toEqual([]);
        const boots = server.boots().length;
        await server.api.operation({ method: 'POST', path: '/v1/workloads/racing/stop' }, () => undefined);
        expect(server.boots()).toHaveLength(boots);
        await server.api.operation({ method: 'POST', path: '/v1/workloads/racing/start' }, () => undefined);
      }
    });

    it('S25 succeeds where the policy lets it rest, and keeps it stopped through a restart of the daemon', async () => {
      const server = await LifeWorkload.run(home, 'rested', { flags: ['--restart', 'on-failure'] });
      server.next({ exitWhenReady: 0 });
      // Its end is its own this time: exit code 0 right after it was ready.
      await home.run('restart', 'rested');
      await server.until('rests', ({ lifecycle, reason }) => lifecycle === 'stopped' && reason?.code === 'finished');
      await home.ok('stop', 'rested');
      server.next({});
      const boots = server.boots().length;
      await home.ok('daemon', 'restart');
      // The next daemon asks an engine first whether anything of it runs.
      expect(await server.until('is stopped', ({ lifecycle }) => lifecycle === 'stopped')).toMatchObject({ desired: 'stopped' });
      expect(server.boots()).toHaveLength(boots);
      expect(await server.processes()).toEqual([]);
    });
  });
});
