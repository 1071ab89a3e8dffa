import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WaitResult } from '../../../src/api/contract/results.ts';
import type { Workload } from '../../../src/api/contract/workload.ts';
import { connect, failure } from '../../support/clients.ts';
import { createHome, type Home } from '../../support/home.ts';
import { describeRuntimes, homeOn } from '../../support/runtimes.ts';
import { until } from '../../support/until.ts';
import { LifeWorkload, untilPast } from './life.ts';

describeRuntimes('supervision', (on) => {
  let home: Home;
  beforeAll(async () => {
    home = await homeOn(on);
  });
  afterAll(() => home?.end());

  /** How a server ends: with a code of its own, or by somebody's signal. */
  type End = number | 'SIGKILL';

  async function endOf(server: LifeWorkload, end: End): Promise<void> {
    if (end === 'SIGKILL') return void (await server.kill());
    const client = await connect('old', (await server.now()).url);
    // The one who asked for it hears of it.
    expect((await failure(client.call('die', { code: end }))).data).toMatchObject({ code: 'HF_BACKEND_LOST', exitCode: end });
    await client.close();
  }

  describe('--restart', () => {
    const restarted = { lifecycle: 'running', restarts: 1 };
    const finished = { lifecycle: 'stopped', status: 'stopped', reason: { code: 'finished' }, restarts: 0 };
    const failed = { lifecycle: 'failed', status: 'error', reason: { code: 'not-restarted' }, restarts: 0 };

    it.each([
      ['always', 0, restarted],
      ['always', 3, restarted],
      ['unless-stopped', 0, restarted],
      ['unless-stopped', 'SIGKILL', restarted],
      ['on-failure', 0, finished],
      ['on-failure', 3, restarted],
      ['on-failure', 'SIGKILL', restarted],
      ['never', 0, finished],
      ['never', 3, failed],
      ['never', 'SIGKILL', failed],
    ] as const)('%s, and the server ends with %s', async (mode, end, outcome) => {
      const name = `${mode}-${String(end).toLowerCase()}`;
      const server = await LifeWorkload.run(home, name, { flags: ['--restart', mode, '--restart-stable', '0s'] });
      await endOf(server, end);
      const after = await server.until(
        'is as the policy says',
        ({ lifecycle, last_exit: exit }) => exit !== null && lifecycle === outcome.lifecycle,
      );
      expect(after).toMatchObject({ ...outcome, desired: 'running' });
      expect(after.last_exit).toMatchObject(end === 'SIGKILL' ? { signal: end, exit_code: null } : { signal: null, exit_code: end });
      if (outcome === restarted) return void (await home.ok('rm', name));
      // It stays so, also with the next daemon of this machine's boot: checked below for all of them at once.
      expect(server.boots()).toHaveLength(1);
    });

    it('what rests is left at rest by the next daemon, until somebody starts it', async () => {
      const rested = ['on-failure-0', 'never-0', 'never-3', 'never-sigkill'];
      await home.ok('daemon', 'restart');
      await untilPast(Date.now() + 500);
      for (const name of rested) {
        const server = new LifeWorkload(home, name);
        expect((await server.now()).lifecycle).toBe(name === 'never-3' || name === 'never-sigkill' ? 'failed' : 'stopped');
        expect(server.boots()).toHaveLength(1);
      }
      await home.ok('start', 'never-3');
      expect(await new LifeWorkload(home, 'never-3').now()).toMatchObject({ lifecycle: 'running', reason: null });
      await home.ok('rm', ...rested);
    });
  });

  describe('a workload that has failed', () => {
    it('is repaired by an update: same URL, same session, and the ladder begins anew', async () => {
      const flags = ['--restart-delays', '10ms', '--restart-attempts', '1'];
      const server = await LifeWorkload.run(home, 'broken', { flags });
      const before = await server.now();
      const client = await connect('old', before.url);
      await client.text('who');
      server.next({ exit: 1, say: ['no configuration'] });
      await server.kill();
      await server.until('has failed', ({ lifecycle }) => lifecycle === 'failed');
      const refusal = await failure(client.call('who'));
      expect(refusal.data).toMatchObject({ code: 'HF_WORKLOAD_FAILED' });
      expect(JSON.stringify(refusal)).toContain('no configuration');
      expect((await home.run('wait', 'broken')).stderr).toContain('HF_WORKLOAD_FAILED');

      server.next({});
      expect(await home.ok('update', 'broken', '-e', 'CONFIGURATION=there')).toContain('started anew');
      const after = await server.now();
      expect(after).toMatchObject({ lifecycle: 'running', url: before.url, reason: null });
      expect(await client.text('who')).toBe(server.boots().at(-1)?.boot);
      await client.close();
      await home.ok('rm', 'broken');
    });
  });

  describe('holdfast wait', () => {
    it('waits for a restart, a stop and a removal, and no longer than it was told', async () => {
      const flags = ['--restart-delays', '700ms', '--restart-immediate', '0'];
      const server = await LifeWorkload.run(home, 'awaited', { flags });
      const before = await server.kill();
      await server.until('waits for its start', ({ lifecycle }) => lifecycle === 'backoff');
      const late = await home.run('wait', 'awaited', '--timeout', '50ms');
      expect([late.code, late.stderr]).toEqual([1, expect.stringContaining('HF_WAIT_TIMEOUT')]);
      expect(await home.ok('wait', 'awaited')).toBe('awaited is running\n');
      expect((await server.now()).generation).toBe(before.generation + 1);

      const [stopped] = await Promise.all([home.ok('wait', 'awaited', '--for', 'stopped'), home.ok('stop', 'awaited')]);
      expect(stopped).toBe('awaited is stopped\n');
      const removed = server.api.json<WaitResult>({ method: 'GET', path: '/v1/workloads/awaited/wait', query: { for: 'removed' } });
      // It is being waited for by the time that this is answered.
      await server.now();
      await home.ok('rm', 'awaited');
      expect((await removed).workload).toBeNull();
      expect((await home.run('wait', 'awaited')).code).toBe(1);
    });
  });
});

// An engine keeps the logs of containers, and bounds them by itself.
describe('a chatty process', () => {
  let home: Home;
  beforeAll(async () => {
    home = await createHome();
  });
  afterAll(() => home.end());

  it('has its log rotated while it runs, and its last words are there', async () => {
    const server = await LifeWorkload.run(home, 'chatty');
    const { url, pid } = await server.now();
    const client = await connect('old', url);
    const files = (): string[] => readdirSync(join(home.folder, 'state', 'logs')).filter((name) => /^chatty\.log(\.\d)?$/.test(name));
    const bytes = (): number => files().reduce((sum, name) => sum + statSync(join(home.folder, 'state', 'logs', name)).size, 0);
    // Four times what one file may have: the oldest part has to go.
    for (let round = 1; round <= 4; round += 1) {
      await client.call('say', { line: `${round} ${'x'.repeat(1_000)}`, times: 11_000 });
      await until(`the log was rotated ${Math.min(round, 2)} times`, () => files().length > Math.min(round, 2));
      await until('the file in use is small again', () => statSync(join(home.folder, 'state', 'logs', 'chatty.log')).size < 11_000_000);
    }
    await client.call('say', { line: 'the very last words' });
    await until('the log is bounded', () => bytes() < 36_000_000);
    expect(await home.ok('logs', 'chatty', '--tail', '1')).toBe('the very last words\n');
    const kept = await home.ok('logs', 'chatty', '--tail', '1000000');
    expect(kept).not.toContain('\n1 x');
    const lines = kept.split('\n');
    // Whole lines; only where a file begins with the rest of a burst that was too long for it, its first line is a part of one.
    expect(lines.filter((line) => !/^(\d x{1000}|the very last words|)$/.test(line)).every((line) => /^x+$/.test(line))).toBe(true);
    expect(lines.filter((line) => /^x+$/.test(line)).length).toBeLessThan(files().length + 1);
    // The same process, which noticed nothing.
    expect((await server.now()) satisfies Workload).toMatchObject({ pid, restarts: 0 });
    expect(await client.text('who')).toBe(server.boots().at(-1)?.boot);
    await client.close();
    await home.ok('rm', 'chatty');
    expect(files()).toEqual([]);
  });
});
