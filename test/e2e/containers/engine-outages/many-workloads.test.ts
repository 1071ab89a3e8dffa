import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { ListResult } from '../../../../src/api/contract/results.ts';
import type { Workload } from '../../../../src/api/contract/workload.ts';
import { engineCall } from '../../../support/engine/api.ts';
import { ENGINE_KINDS, engineOrSkip, type PrivateEngine, startEngine } from '../../../support/engine/engines.ts';
import { type FaultProxy, startFaultProxy } from '../../../support/engine/fault-proxy.ts';
import { imageArchive } from '../../../support/engine/images/image.ts';
import { makeLayer } from '../../../support/engine/images/layer.ts';
import { nodeRoot } from '../../../support/engine/images/root-layer.ts';
import { createHome, type Home } from '../../../support/home.ts';
import { processesWith, residentBytes } from '../../../support/processes.ts';
import { RawSession } from '../../../support/raw-client.ts';
import { until } from '../../../support/until.ts';
import { findsEngine } from './contained-server.ts';
import { endHome } from './own-engine.ts';

/** Podman needs a second of both cores for each, twice: as many as on Docker only where there is time. */
const WORKLOADS = { docker: 50, podman: Number(process.env['HOLDFAST_MANY_ON_PODMAN'] ?? 20) };
/** Starts under way at a time (`runtimes.md`). */
const STARTS_AT_ONCE = 2;
/** What a start, an end, a look after an outage may ask of the engine for one workload. */
const CALLS_EACH = 20;
const MEGABYTE = 1024 * 1024;
const BOUND_MS = 240_000;
const IMAGE = 'holdfast-test/tiny:local';

/** The smallest server there is: what is measured is Holdfast. */
async function loadTinyImage(engine: PrivateEngine): Promise<void> {
  const script = fileURLToPath(new URL('../../../support/servers/tiny-server.sh', import.meta.url));
  const layer = makeLayer({
    name: 'tiny',
    ingredients: ['1', script],
    write: (tar) => tar.add({ path: 'tiny.sh', kind: 'file', content: readFileSync(script) }),
  });
  const image = { name: IMAGE, layers: [nodeRoot(), layer], config: { Entrypoint: ['/bin/sh', '/tiny.sh'], Env: ['PATH=/bin'] } };
  const said = await engineCall(engine, { method: 'POST', path: '/images/load?quiet=1', body: imageArchive([image]), boundMs: 60_000 });
  expect(said.status).toBe(200);
}

describe.each(ENGINE_KINDS)('on %s', (kind) => {
  let engine: PrivateEngine | undefined;
  let proxy: FaultProxy | undefined;
  let home: Home | undefined;

  beforeEach(async (ctx) => {
    engineOrSkip(ctx, kind);
    engine = await startEngine(kind);
    proxy = await startFaultProxy(engine);
    home = await createHome(findsEngine(proxy));
    await loadTinyImage(engine);
  });
  afterAll(async () => {
    try {
      if (engine && home) await endHome(engine, home);
    } finally {
      await proxy?.end();
      await engine?.end();
    }
  }, BOUND_MS);

  it('S44 the engine restarts under many workloads: one event stream, few starts at a time, the memory of one process', {
    timeout: 2 * BOUND_MS,
  }, async () => {
    if (!engine || !proxy || !home) throw new Error('they are made before each test');
    const passing = proxy;
    const count = WORKLOADS[kind];
    await home.ok('daemon', 'start');
    const api = home.api();
    const names = Array.from({ length: count }, (_, index) => `many-${index}`);
    const waiting = [...names];
    const caller = { cwd: home.folder, env: findsEngine(proxy) };
    const run = async (): Promise<void> => {
      for (let name = waiting.shift(); name; name = waiting.shift()) {
        await api.operation(
          { method: 'POST', path: '/v1/workloads', body: { source: IMAGE, name, transport: 'stdio', caller } },
          () => undefined,
        );
      }
    };
    // A Podman that starts something is slow to say who it is, which is asked at each `run`.
    await Promise.all(Array.from({ length: kind === 'docker' ? STARTS_AT_ONCE : 1 }, run));
    const list = async (): Promise<readonly Workload[]> => (await api.json<ListResult>({ method: 'GET', path: '/v1/workloads' })).workloads;
    const sessions = await Promise.all((await list()).map(({ url }) => RawSession.open(url)));
    const { pid } = await home.daemon();
    const memory = residentBytes(pid);
    expect(passing.open(/\/events/)).toBe(1);

    const from = passing.requests.length;
    let most = 0;
    let streams = 0;
    const watch = setInterval(() => {
      most = Math.max(most, passing.open(/\/start$/));
      streams = Math.max(streams, passing.open(/\/events/));
    }, 5);
    const begun = performance.now();
    await engine.kill();
    await until('its loss is known', async () => (await list()).every(({ status }) => status === 'unknown'));
    await engine.start();
    await until(
      'all run again',
      async () => (await list()).every(({ lifecycle, status }) => lifecycle === 'running' && status === 'running'),
      BOUND_MS,
    );
    const tookMs = performance.now() - begun;
    clearInterval(watch);
    const after = residentBytes(pid);
    const calls = passing.requests.slice(from);
    console.info(
      `${kind}: ${count} workloads run again ${(tookMs / 1_000).toFixed(1)} s after the engine was killed, with ${calls.length} calls; ` +
        `the daemon had ${(memory / MEGABYTE).toFixed(0)} MB before and ${(after / MEGABYTE).toFixed(0)} MB after`,
    );

    expect((await home.daemon()).pid).toBe(pid);
    expect(processesWith(`HOLDFAST_HOME=${home.folder}`).map((found) => found.pid)).toEqual([pid]);
    expect(streams).toBe(1);
    expect(passing.open(/\/events/)).toBe(1);
    expect(most).toBeLessThanOrEqual(STARTS_AT_ONCE);
    expect(most).toBeGreaterThan(0);
    expect(calls.length).toBeLessThan(count * CALLS_EACH);
    // 2 MB a workload, and what a Node has for itself.
    expect(after).toBeLessThan((100 + 2 * count) * MEGABYTE);
    for (const answer of await Promise.all(sessions.map((session) => session.request('ping')))) expect(answer.json?.result).toBeDefined();
    expect((await list()).map(({ restarts }) => restarts)).toEqual(names.map(() => 0));
  });
});
