import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, failure } from '../../support/clients.ts';
import type { Home } from '../../support/home.ts';
import { describeRuntimes, homeOn } from '../../support/runtimes.ts';
import { LifeWorkload } from './life.ts';

const GRACE_MS = 2_000;
/** What killing a whole tree may take, and a command to start, on a busy machine. */
const SLACK_MS = 4_000;

describeRuntimes('a stop', (on) => {
  let home: Home;
  beforeAll(async () => {
    home = await homeOn(on);
  });
  afterAll(() => home?.end());

  describe.each(['stdio', 'streamable-http'] as const)('a %s server that ignores SIGTERM', (transport) => {
    const name = `stubborn-${transport}`;

    it('S43 is stopped within its time, with all its descendants, while other clients are served', async () => {
      const server = await LifeWorkload.run(home, name, { transport, life: { stubborn: true, escapee: true } });
      const other = await LifeWorkload.run(home, `other-${transport}`);
      const client = await connect('old', (await other.now()).url);
      const own = await connect('old', (await server.now()).url);
      const [boot] = server.boots();
      if (!boot?.escapee) throw new Error('there is no descendant');
      expect(server.aliveOf(boot)).toEqual({ server: true, escapee: true });

      const began = performance.now();
      const stopped = new AbortController();
      const stop = home.ok('stop', name, '--timeout', String(GRACE_MS / 1_000)).finally(() => stopped.abort());
      const waits: number[] = [];
      let whileAlive = 0;
      while (!stopped.signal.aborted) {
        const asked = performance.now();
        expect(await client.text('who')).toBe(other.boots()[0]?.boot);
        waits.push(performance.now() - asked);
        if (server.aliveOf(boot).server) whileAlive += 1;
      }
      await stop;
      const took = performance.now() - began;

      // It had its time, and no more than that.
      expect(took).toBeGreaterThanOrEqual(GRACE_MS);
      expect(took).toBeLessThan(GRACE_MS + SLACK_MS);
      expect(server.aliveOf(boot)).toEqual({ server: false, escapee: false });
      expect(await server.processes()).toEqual([]);
      // The other workload was served all the while: nobody waited for the stop.
      expect(whileAlive).toBeGreaterThan(20);
      expect(Math.max(...waits)).toBeLessThan(GRACE_MS / 2);
      // And its own client is told so at once.
      expect((await failure(own.call('who'))).data).toMatchObject({ code: 'HF_WORKLOAD_STOPPED' });
      expect(await server.now()).toMatchObject({ lifecycle: 'stopped', last_exit: { cause: 'stopped', signal: 'SIGKILL' } });
      await client.close();
      await own.close();
    });

    it('S43 is killed at once by a second stop that grants no time', async () => {
      const server = new LifeWorkload(home, name, { transport, life: { stubborn: true, escapee: true } });
      await home.ok('start', name);
      const began = performance.now();
      const patient = home.ok('stop', name, '--timeout', '60s');
      await server.until('is being stopped', ({ lifecycle }) => lifecycle === 'stopping');
      await home.ok('stop', name, '--timeout', '0');
      await patient;
      expect(performance.now() - began).toBeLessThan(2 * SLACK_MS);
      expect(await server.processes()).toEqual([]);
    });

    it('S43 is restarted within its time; a call that came meanwhile is answered by the new process', async () => {
      const server = new LifeWorkload(home, name, { transport, life: { stubborn: true, escapee: true } });
      await home.ok('update', name, '--stop-timeout', `${GRACE_MS / 2}ms`);
      await home.ok('start', name);
      const before = server.boots().at(-1);
      const own = await connect('old', (await server.now()).url);
      const restart = home.ok('restart', name);
      await server.until('is being restarted', ({ lifecycle }) => lifecycle === 'restarting');
      const answered = await own.text('who');
      await restart;
      const after = server.boots().at(-1);
      expect(answered).toBe(after?.boot);
      expect(after?.boot).not.toBe(before?.boot);
      expect(before && server.aliveOf(before)).toEqual({ server: false, escapee: false });
      await own.close();
      await home.ok('rm', name);
      expect(await server.processes()).toEqual([]);
    });
  });
});
