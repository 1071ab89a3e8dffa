import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Inspection } from '../../../src/api/contract/workload.ts';
import type { Home } from '../../support/home.ts';
import { killEach } from '../../support/processes.ts';
import { describeRuntimes, homeOn, WITHOUT_PODMAN } from '../../support/runtimes.ts';
import { until } from '../../support/until.ts';
import { LifeWorkload, livesFolder } from './life.ts';

const LOOKS = 25;
const NAME = 'watched';

describeRuntimes(
  'looks',
  (on) => {
    let home: Home;
    beforeAll(async () => {
      home = await homeOn(on);
    });
    afterAll(() => home?.end());

    /** Every state file with its inode, time of modification and bytes: a file that was replaced by an equal one is another one. */
    function stateFiles(): Record<string, string> {
      const state = join(home.folder, 'state');
      const files = readdirSync(state, { recursive: true, encoding: 'utf8' }).filter(
        (file) => !/^(logs|daemon\.log|control\.sock)/.test(file),
      );
      return Object.fromEntries(
        files.flatMap((file) => {
          const found = lstatSync(join(state, file), { bigint: true });
          return found.isFile() ? [[file, `${found.ino} ${found.mtimeNs} ${readFileSync(join(state, file), 'utf8')}`]] : [];
        }),
      );
    }

    /** Resolves once what the daemon knows of the workload is on disk: from then on it has nothing to write. */
    async function untilWritten(server: LifeWorkload): Promise<void> {
      await until('the status is on disk', async () => {
        const { observed } = await server.api.json<Inspection>({ method: 'GET', path: `/v1/workloads/${NAME}/inspect` });
        const stored = JSON.parse(readFileSync(server.stateFile('status.json'), 'utf8')) as { updatedAt: number };
        return stored.updatedAt === observed['updatedAt'];
      });
      // An event is on disk before it is answered.
      await home.events();
    }

    /** Looks in every way that there is, again and again, and demands that nothing was written. */
    async function lookAround(server: LifeWorkload, lifecycle: string, commands: readonly string[][] = [['ls', '-a']]): Promise<void> {
      await server.until(`is ${lifecycle}`, (workload) => workload.lifecycle === lifecycle);
      await untilWritten(server);
      const before = stateFiles();
      const api = home.api();
      const paths = ['', `/${NAME}`, `/${NAME}/inspect`].map((path) => `/v1/workloads${path}`);
      for (let look = 0; look < LOOKS; look += 1) {
        for (const path of [...paths, '/v1/daemon', '/v1/version']) await api.json({ method: 'GET', path, query: {} });
      }
      for (const words of commands) await home.ok(...words);
      expect((await server.now()).lifecycle).toBe(lifecycle);
      expect(stateFiles()).toEqual(before);
    }

    const EVERY_READ = [
      ['ls'],
      ['ls', '-a', '--format', 'json'],
      ...['status', 'inspect', 'logs', 'events', 'url'].map((verb) => [verb, NAME]),
      ['daemon', 'status'],
    ];

    it('S40 looking at a workload writes nothing, while it starts, runs, waits, stops, rests and has failed', async () => {
      const gate = join(livesFolder(home), 'gate');
      mkdirSync(livesFolder(home), { recursive: true });
      writeFileSync(gate, '');
      const flags = ['--restart-delays', '60s', '--restart-immediate', '0', '--restart-attempts', '1'];
      const server = await LifeWorkload.run(home, NAME, { flags, life: { readyWith: gate } });
      await lookAround(server, 'running', EVERY_READ);

      await server.kill();
      await lookAround(server, 'backoff');

      server.next({ readyWith: join(livesFolder(home), 'never'), stubborn: true });
      const starting = home.run('start', NAME);
      await until('it has booted', () => server.boots().length === 2);
      await lookAround(server, 'starting');

      const stopping = home.ok('stop', NAME, '--timeout', '30');
      await lookAround(server, 'stopping');
      killEach(await server.processes());
      expect((await starting).code).toBe(1);
      await stopping;
      await lookAround(server, 'stopped');

      server.next({});
      await home.ok('start', NAME);
      server.next({ exit: 7 });
      await home.ok('update', NAME, '--restart-delays', '0s');
      await server.kill();
      await lookAround(server, 'failed');
    });
  },
  WITHOUT_PODMAN,
);
