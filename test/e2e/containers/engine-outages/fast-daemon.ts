import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach } from 'vitest';
import type { RunRequest } from '../../../../src/api/contract/run-request.ts';
import type { HoldfastEvent } from '../../../../src/api/contract/streams.ts';
import type { Workload } from '../../../../src/api/contract/workload.ts';
import { type EngineKind, engineOrSkip, type PrivateEngine, startEngine } from '../../../support/engine/engines.ts';
import { type FaultProxy, startFaultProxy } from '../../../support/engine/fault-proxy.ts';
import { ensureImages, imageName } from '../../../support/engine/images.ts';
import { type InspectedContainer, Outside } from '../../../support/engine/outside.ts';
import { FastClock } from '../../../support/fast-clock.ts';
import { type DaemonInProcess, startInProcess } from '../../supervision/daemon-in-process.ts';
import { findsEngine } from './contained-server.ts';

/** A daemon as `compose` wires it, whose time can be made to run faster, at a real engine that only it knows, behind a fault proxy. */
export interface FastDaemon {
  readonly engine: PrivateEngine;
  readonly proxy: FaultProxy;
  readonly outside: Outside;
  readonly clock: FastClock;
  readonly daemon: DaemonInProcess<FastClock>;
}

/** The same one for all tests of a block: made before the first, ended after the last. The engine runs when a test begins. */
export function fastDaemon(kind: EngineKind): () => FastDaemon {
  let made: FastDaemon | undefined;
  beforeEach(async (ctx) => {
    engineOrSkip(ctx, kind);
    made ??= await make(kind);
  });
  afterEach(async () => {
    if (!made) return;
    const { engine, proxy } = made;
    await proxy.restore();
    engine.resume();
    if (engine.pid === null) await engine.start();
  });
  afterAll(async () => {
    if (!made) return;
    try {
      await made.daemon.end();
    } finally {
      await made.proxy.end();
      await made.engine.end();
    }
  });
  return () => {
    if (!made) throw new Error('it is made before the first test');
    return made;
  };
}

async function make(kind: EngineKind): Promise<FastDaemon> {
  const engine = await startEngine(kind);
  const proxy = await startFaultProxy(engine);
  await ensureImages(engine, 'fixture');
  const clock = new FastClock();
  return { engine, proxy, outside: new Outside(engine), clock, daemon: await startInProcess(clock) };
}

/** A fixture server of that daemon. */
export class FastServer {
  readonly name: string;
  readonly url: string;
  readonly #world: FastDaemon;

  private constructor(world: FastDaemon, name: string, url: string) {
    this.#world = world;
    this.name = name;
    this.url = url;
  }

  static async run(world: FastDaemon, name: string, kind: 'stdio' | 'http', more: Pick<RunRequest, 'restart'> = {}): Promise<FastServer> {
    const { daemon } = world;
    const source = join(daemon.folder, `fixture-${name}`);
    mkdirSync(source, { recursive: true });
    await daemon.run(
      {
        source: imageName('fixture'),
        name,
        transport: kind === 'stdio' ? 'stdio' : 'streamable-http',
        ...more,
        env: { JOURNAL: '/fixture/journal.ndjson' },
        container: { mounts: [{ kind: 'bind', source, target: '/fixture', read_only: false }] },
      },
      findsEngine(world.proxy),
    );
    return new FastServer(world, name, (await daemon.workload(name)).url);
  }

  async remove(): Promise<void> {
    await this.#world.daemon.api.operation({ method: 'DELETE', path: `/v1/workloads/${this.name}` }, () => undefined);
  }

  now(): Promise<Workload> {
    return this.#world.daemon.workload(this.name);
  }

  until(what: string, check: (workload: Workload) => boolean): Promise<Workload> {
    return this.#world.daemon.until(this.name, what, check);
  }

  untilRuns(): Promise<Workload> {
    return this.until('runs', ({ lifecycle, status }) => lifecycle === 'running' && status === 'running');
  }

  async container(): Promise<InspectedContainer> {
    const found = await this.#world.outside.inspect(this.name);
    if (!found) throw new Error(`the engine has no ${this.name}`);
    return found;
  }

  /** Consecutive restarts without a stable run, as the restart policy has them on disk. */
  attempts(): number {
    const file = join(this.#world.daemon.folder, 'state', 'workloads', this.name, 'status.json');
    return (JSON.parse(readFileSync(file, 'utf8')) as { ladder: { attempts: number } }).ladder.attempts;
  }

  async events(): Promise<HoldfastEvent[]> {
    const found: HoldfastEvent[] = [];
    const events = this.#world.daemon.api.lines<HoldfastEvent>({ method: 'GET', path: '/v1/events' });
    for await (const event of events) if (event.workload === this.name) found.push(event);
    return found;
  }
}
