import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunResult } from '../../../src/api/contract/results.ts';
import type { RunRequest } from '../../../src/api/contract/run-request.ts';
import { createHome, type Home } from '../../support/home.ts';
import { until } from '../../support/until.ts';
import { killServer, LifeWorkload, markedProcesses, TINY_SERVER } from './life.ts';

const NAME = 'phoenix';
const ROUNDS = 50;

let home: Home;
beforeAll(async () => {
  home = await createHome();
  await home.ok('daemon', 'start');
});
afterAll(() => home.end());

const readJson = (file: string): Record<string, unknown> => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

/** A server that is started again at once and for ever: its supervisor is busy when the removal comes. */
function requestOf(round: number, replace: boolean): RunRequest {
  return {
    source: 'cmd:///bin/sh',
    name: NAME,
    args: [TINY_SERVER],
    labels: { round: String(round) },
    restart: { stable_ms: 0, immediate: { count: null, window_ms: 1 }, delays_ms: [0], attempts: 0 },
    replace,
    caller: { cwd: home.folder, env: { PATH: process.env['PATH'] ?? '' } },
  };
}

it('S26 rm and run of one name, 50 times, while its server dies: the old supervisor never writes the state of the new one', async () => {
  const workload = new LifeWorkload(home, NAME);
  const { api } = workload;
  const silent = (): void => undefined;
  const run = (round: number, replace = false): Promise<RunResult> =>
    api.operation<RunResult>({ method: 'POST', path: '/v1/workloads', body: requestOf(round, replace) }, silent);
  const ids = new Set<unknown>();

  for (let round = 0; round < ROUNDS; round += 1) {
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
    expect(workload.processes()).toEqual([now.pid]);

    // The removal that follows meets a quiet server, the news of an exit, or a start.
    if (round % 3 > 0) killServer(now);
    if (round % 3 > 1) await workload.until('is being started again', ({ restarts }) => restarts > 0);
  }

  await api.operation({ method: 'DELETE', path: `/v1/workloads/${NAME}` }, silent);
  expect(ids.size).toBe(ROUNDS);
  expect(markedProcesses(home, NAME)).toEqual([]);
  expect(readdirSync(join(home.folder, 'state', 'workloads'))).toEqual([]);

  const events = (await home.events(NAME)).filter(({ type }) => type === 'workload.created' || type === 'workload.removed');
  expect(events.map(({ type }) => type)).toEqual(Array.from({ length: ROUNDS }, () => ['workload.created', 'workload.removed']).flat());
  for (const [index, { at }] of events.entries()) {
    const before = events[index - 1];
    if (before?.type === 'workload.removed') expect(Date.parse(at) - Date.parse(before.at)).toBeLessThan(1_000);
  }
});
