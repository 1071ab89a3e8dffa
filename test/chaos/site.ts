import type { Random } from '../../simulation/time/random.ts';
import { connect, SDKS } from '../support/clients.ts';
import { type EngineKind, type PrivateEngine, startEngine } from '../support/engine/engines.ts';
import { type FaultProxy, startFaultProxy } from '../support/engine/fault-proxy.ts';
import { ensureImages } from '../support/engine/images.ts';
import { type ListedContainer, Outside } from '../support/engine/outside.ts';
import { Fixture, type FixtureOptions, RESTART_AT_ONCE } from '../support/fixture.ts';
import { createHome, type Home } from '../support/home.ts';
import { Caller } from './caller.ts';

/** A stream that broke with Holdfast is asked for until Holdfast is there again, as a patient client does. */
const STREAM_RETRIES = 15;

const ISOLATED = '--sessions=isolated';

/** How each server is run. */
export const SERVERS: Readonly<Record<string, FixtureOptions>> = {
  'chaos-shared': { kind: 'stdio' },
  'chaos-http': { kind: 'http' },
  'chaos-isolated': { kind: 'stdio', flags: [ISOLATED] },
};

/** Whether each of its sessions has a server of its own. */
export function isIsolated({ name }: Fixture): boolean {
  return SERVERS[name]?.flags?.includes(ISOLATED) ?? false;
}

/** An engine of its own, a Holdfast that reaches it through a proxy, three servers, and two clients of each. */
export interface Site {
  readonly engine: PrivateEngine;
  readonly proxy: FaultProxy;
  /** Goes to the engine itself. */
  readonly outside: Outside;
  readonly home: Home;
  readonly servers: readonly Fixture[];
  readonly callers: readonly Caller[];
  /** In the environment of each process of a server, and of no other. */
  readonly mark: string;
  /** The containers of that workload, or of all, running or not. */
  containers(workload?: string): Promise<ListedContainer[]>;
  /** The id of the instance of Holdfast. */
  readonly instance: string;
  /** Ends all of it, whatever state it is in. @throws Error where something is left over, or Holdfast's log tells of a defect */
  end(): Promise<void>;
}

export async function openSite(kind: EngineKind, random: Random): Promise<Site> {
  const mark = `HOLDFAST_TEST_CHAOS=${process.pid}-${kind}-${random.int(0, 1_000_000_000)}`;
  const engine = await startEngine(kind);
  const proxy = await startFaultProxy(engine);
  const home = await createHome({}, proxy);
  const outside = new Outside(engine);
  const callers: Caller[] = [];

  const end = async (): Promise<void> => {
    for (const { client } of callers) await client.close();
    try {
      await home.end();
    } finally {
      await proxy.end();
      await engine.end();
    }
  };

  try {
    await ensureImages(engine, 'fixture');
    const servers: Fixture[] = [];
    for (const [name, { flags = [], ...options }] of Object.entries(SERVERS))
      servers.push(await Fixture.run(home, name, { ...options, flags: [...RESTART_AT_ONCE, `--env=${mark}`, ...flags] }));
    for (const server of servers)
      for (const sdk of SDKS) {
        const name = `${server.name}-${sdk}`;
        const client = await connect(sdk, server.url, { name, streamRetries: STREAM_RETRIES });
        callers.push(new Caller(name, server.name, isIsolated(server), client, random.fork(name)));
      }
    const [anyone] = await outside.list('holdfast.instance');
    const instance = anyone?.Labels?.['holdfast.instance'] ?? '';
    const containers = async (workload?: string): Promise<ListedContainer[]> => {
      const all = await outside.list(`holdfast.instance=${instance}`);
      return workload === undefined ? all : all.filter(({ Labels }) => Labels?.['holdfast.workload'] === workload);
    };
    return { engine, proxy, outside, home, servers, callers, mark, containers, instance, end };
  } catch (error) {
    await end();
    throw error;
  }
}
