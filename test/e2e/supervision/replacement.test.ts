import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunResult } from '../../../src/api/contract/results.ts';
import type { RunRequest } from '../../../src/api/contract/run-request.ts';
import { imageName } from '../../support/engine/images.ts';
import { Outside } from '../../support/engine/outside.ts';
import { killServerOf } from '../../support/fixture.ts';
import { environmentFor, type Home } from '../../support/home.ts';
import { describeRuntimes, homeOn } from '../../support/runtimes.ts';
import { until } from '../../support/until.ts';
import { LifeWorkload, TINY_SERVER } from './life.ts';

const NAME = 'phoenix';
/** Containers take a hundred times as long to be made. */
const ROUNDS = { process: 50, docker: 8, podman: 6 };

/** Ids of all that its engine has of it, running or not. */
async function containersOf({ engine }: Home): Promise<string[]> {
  return engine === null ? [] : (await new Outside(engine).list(`holdfast.workload=${NAME}`)).map(({ Id }) => Id);
}

describeRuntimes('replacement', (on) => {
  const rounds = ROUNDS[on];
  let home: Home;
  beforeAll(async () => {
    home = await homeOn(on);
    await home.ok('daemon', 'start');
  });
  afterAll(() => home?.end());

  const readJson = (file: string): Record<string, unknown> => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

  /** A server that is started again at once and for ever: its supervisor is busy when the removal comes. */
  function requestOf(round: number, replace: boolean): RunRequest {
    return {
      ...(on === 'process' ? { source: 'cmd:///bin/sh', args: [TINY_SERVER] } : { source: imageName('fixture'), args: ['life'] }),
      name: NAME,
      labels: { round: String(round) },
      restart: { stable_ms: 0, immediate: { count: null, window_ms: 1 }, delays_ms: [0], attempts: 0 },
      replace,
      caller: { cwd: home.folder, env: { PATH: process.env['PATH'] ?? '', ...environmentFor(home.engine) } },
    };
  }

  it(`S26 rm and run of one name, ${rounds} times, while its server dies: the old supervisor never writes the state of the new one`, async () => {
    const workload = new LifeWorkload(home, NAME);
    const { api } = workload;
    const silent = (): void => undefined;
    const run = (round: number, replace = false): Promise<RunResult> =>
      api.operation<RunResult>({ method: 'POST', path: '/v1/workloads', body: requestOf(round, replace) }, silent);
    const ids = new Set<unknown>();

    for (let round = 0; round < rounds; round += 1) {
      // Every fourth time as one order.
      const replace = round > 0 && round % 4 === 0;
      if (round > 0 && !replace) await api.operation({ method: 'DELETE', path: `/v1/workloads/${NAME}` }, silent);
      await run(round, replace);

      const now = await workload.now();
      expect(now).toMatchObject({ labels: { round: String(round) }, lifecycle: 'running', generation: 1, restarts: 0, last_exit: null });
      const spec = readJson(workload.stateFile('spec.json'));
      ids.add(spec['id']);
      // Writing it delays nothing: it may come a moment after the answer.
      const file = workload.stateFile('status.json');
      const status = await until('its status is written', () => existsSync(file) && readJson(file));
      expect(status).toMatchObject({ specId: spec['id'], generation: 1 });
      if (on === 'process') expect(home.processes(NAME).map(({ pid }) => pid)).toEqual([now.pid]);
      else expect(await containersOf(home)).toEqual([now.container?.id]);

      // The removal that follows meets a quiet server, the news of an exit, or a start.
      if (round % 3 > 0) killServerOf(now);
      if (round % 3 > 1) await workload.until('is being started again', ({ restarts }) => restarts > 0);
    }

    await api.operation({ method: 'DELETE', path: `/v1/workloads/${NAME}` }, silent);
    expect(ids.size).toBe(rounds);
    expect(await home.pids(NAME)).toEqual([]);
    expect(await containersOf(home)).toEqual([]);
    expect(readdirSync(join(home.folder, 'state', 'workloads'))).toEqual([]);

    const events = (await home.events(NAME)).filter(({ type }) => type === 'workload.created' || type === 'workload.removed');
    expect(events.map(({ type }) => type)).toEqual(Array.from({ length: rounds }, () => ['workload.created', 'workload.removed']).flat());
    for (const [index, { at }] of events.entries()) {
      const before = events[index - 1];
      // An engine may take longer to make a container.
      if (on === 'process' && before?.type === 'workload.removed') expect(Date.parse(at) - Date.parse(before.at)).toBeLessThan(1_000);
    }
  });
});
