import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { Workload } from '../../../src/api/contract/workload.ts';
import { connect } from '../../support/clients.ts';
import { RESTART_AT_ONCE } from '../../support/fixture.ts';
import type { Home } from '../../support/home.ts';
import { describeRuntimes, homeOn, WITHOUT_PODMAN } from '../../support/runtimes.ts';
import { LifeWorkload } from './life.ts';
import { freePort, holdPort, type PortHolder } from './port-holder.ts';

describeRuntimes(
  'taken ports',
  (on) => {
    const open: (Home | PortHolder)[] = [];
    afterEach(async () => {
      for (const thing of open.splice(0).toReversed()) await ('release' in thing ? thing.release() : thing.end());
    });

    async function homeAt(port: number): Promise<Home> {
      const home = await homeOn(on, { HOLDFAST_GATEWAY_PORT: String(port) });
      open.push(home);
      return home;
    }

    async function takenPort(port?: number): Promise<PortHolder> {
      const holder = await holdPort(port);
      open.push(holder);
      return holder;
    }

    /** One call of a client that connects anew. @returns what names the incarnation that answered */
    async function callAt(url: string): Promise<string> {
      const client = await connect('old', url);
      try {
        return await client.text('who');
      } finally {
        await client.close();
      }
    }

    it('S27 the gateway port is taken at the start: everything runs, the owner is named, and the port is used once it is free', async () => {
      const holder = await takenPort();
      const home = await homeAt(holder.port);
      const problem = `Port ${holder.port} is in use by node (process ${holder.pid})`;

      const patient = new LifeWorkload(home, 'patient', { flags: RESTART_AT_ONCE });
      const made = await home.run(...patient.command());
      expect(made).toMatchObject({ code: 0 });
      expect(made.stderr).toContain(problem);
      // No silent switch to another port.
      expect(await patient.now()).toMatchObject({ lifecycle: 'running', url: '', port: 0 });
      expect((await home.daemon()).gateway).toMatchObject({ url: null, port: null, problem });
      const listed = await home.run('ls');
      expect(listed.stdout).toContain('patient');
      expect(listed.stderr).toContain(problem);
      expect(await home.ok('daemon', 'status')).toContain(problem);

      // It supervises on.
      const before = await patient.kill();
      const after = await patient.until(
        'runs again',
        ({ lifecycle, generation }) => lifecycle === 'running' && generation > before.generation,
      );

      await holder.release();
      const served = await patient.until('has its URL', ({ url }) => url !== '');
      expect(served.url).toBe(`http://127.0.0.1:${holder.port}/patient/mcp`);
      expect(served.generation).toBe(after.generation);
      expect(await callAt(served.url)).toBe(patient.boots().at(-1)?.boot);
      expect((await home.run('ls')).stderr).toBe('');
    });

    it('S27 --proxy-port is taken at `run`: refused with the owner, and nothing is left behind', async () => {
      const holder = await takenPort();
      const home = await homeAt(0);
      const server = new LifeWorkload(home, 'unlucky');
      const refused = await home.run(...server.command('--proxy-port', String(holder.port)));
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain(`Port ${holder.port} is in use by node (process ${holder.pid})`);
      expect(refused.stderr).toContain('HF_PORT_TAKEN');
      expect(await home.ok('ls', '-a', '-q')).toBe('');
      expect(server.boots()).toEqual([]);
      expect(existsSync(dirname(server.stateFile('spec.json')))).toBe(false);
    });

    it('S27 --proxy-port is taken when the daemon comes back: supervised on, the owner is named, no other port, and it is tried again', async () => {
      const home = await homeAt(0);
      const port = await freePort();
      const server = await LifeWorkload.run(home, 'settled', { flags: [...RESTART_AT_ONCE, '--proxy-port', String(port)] });
      const url = `http://127.0.0.1:${port}/settled/mcp`;
      expect(await server.now()).toMatchObject({ url, port });
      const client = await connect('old', url);
      await client.text('who');

      await home.ok('daemon', 'stop');
      const holder = await takenPort(port);
      const listed = await home.run('ls');
      expect(listed.stderr).toContain(`Port ${port} is in use by node (process ${holder.pid})`);
      const running = await server.until('runs', ({ lifecycle }) => lifecycle === 'running');
      expect(running).toMatchObject({ url: '', reason: { code: 'HF_PORT_TAKEN' }, restarts: 0 });
      expect(await home.ok('status', 'settled')).toContain(`in use by node (process ${holder.pid})`);
      const before = await server.kill();
      const again = (workload: Workload): boolean => workload.lifecycle === 'running' && workload.generation > before.generation;
      await server.until('runs again', again);

      await holder.release();
      const back = await server.until('has its URL', (workload) => workload.url !== '');
      expect(back).toMatchObject({ url, lifecycle: 'running', reason: null });
      // The same client, on the same session.
      expect(await client.text('who')).toBe(server.boots().at(-1)?.boot);
      await client.close();
    });
  },
  WITHOUT_PODMAN,
);
