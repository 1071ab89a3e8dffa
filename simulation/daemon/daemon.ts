import { LateEvents } from '../../src/compose/late-events.ts';
import { type Control, createWorkloads } from '../../src/control/workloads.ts';
import { HoldfastError } from '../../src/core/errors/holdfast-error.ts';
import type { EventLog } from '../../src/core/ports/event-log.ts';
import type { GatewayEvents } from '../../src/core/ports/gateway.ts';
import type { Runtime } from '../../src/core/ports/runtime.ts';
import type { SessionRecord } from '../../src/core/session/record.ts';
import { EntryKeeper } from '../../src/usecases/clients/entry-keeper.ts';
import { createEntryMaker } from '../../src/usecases/clients/entry-maker.ts';
import { ClientRegistry } from '../../src/usecases/clients/registry.ts';
import { EngineRuntime } from '../engine/engine-runtime.ts';
import type { Disk } from '../machine/disk.ts';
import { HttpNetwork } from '../machine/http-network.ts';
import type { Machine } from '../machine/machine.ts';
import { MachineRuntime } from '../machine/machine-runtime.ts';
import type { World } from '../world.ts';
import { Lifeline } from './lifeline.ts';
import { ownClock } from './own-clock.ts';
import { tracingLog } from './quiet-log.ts';
import { RelayGateway } from './relay-gateway.ts';

/** One life of the daemon, wired like src/compose/daemon.ts on a simulated machine. */
export class Daemon {
  readonly lifeline: Lifeline;
  readonly gateway: RelayGateway;
  readonly control: Control;
  readonly keeper: EntryKeeper;
  readonly #runtimes: ReadonlyMap<Runtime['kind'], MachineRuntime | EngineRuntime>;
  readonly network: HttpNetwork;
  /** Sessions that were ended without their client's asking, by id: why. */
  readonly cutOff: Set<string> = new Set();

  /** Composes a daemon from what is on the disk. Resolves when clients can connect; never, where it dies before. */
  static async start(world: World, machine: Machine, disk: Disk, ordinal: number, onDeath: () => void): Promise<Daemon> {
    const lifeline = new Lifeline(onDeath);
    const stored = await disk.store(lifeline).load();
    const sessions = await disk.journal(lifeline).load();
    const registry = new ClientRegistry(world.clientFiles.store());
    await registry.load();
    const daemon = new Daemon(world, machine, disk, ordinal, lifeline, sessions, registry);
    await daemon.control.restore(stored.workloads);
    daemon.gateway.listening = true;
    daemon.keeper.start();
    return daemon;
  }

  private constructor(
    world: World,
    machine: Machine,
    disk: Disk,
    ordinal: number,
    lifeline: Lifeline,
    sessions: readonly SessionRecord[],
    registry: ClientRegistry,
  ) {
    this.lifeline = lifeline;
    const random = world.random.fork(`daemon-${ordinal}`);
    const clock = ownClock(world.time, lifeline);
    const log = tracingLog(world, () => lifeline.dead);
    const ids = random.fork('sessions');
    const late = new LateEvents();
    this.#runtimes = new Map<Runtime['kind'], MachineRuntime | EngineRuntime>([
      ['process', new MachineRuntime(machine, lifeline, random.fork('runtime'))],
      ...Array.from(machine.engines, ([kind, engine]) => [kind, new EngineRuntime(engine, lifeline, random.fork(kind))] as const),
    ]);
    this.network = new HttpNetwork(world, machine, lifeline, random.fork('network'));
    this.gateway = new RelayGateway({
      clock,
      log,
      journal: disk.journal(lifeline),
      events: alive(late, lifeline),
      restored: byWorkload(sessions),
      http: this.network,
      newSessionId: () => `s${ordinal}-${ids.int(0, 1e12).toString(36)}`,
      epoch: `e${ordinal}`,
      refusedLate: (keys) => world.ledger.refusedLate(keys),
    });
    this.control = createWorkloads({
      runtimes: { of: ({ runtime }) => this.#runtimeOf(runtime) },
      gateway: this.gateway,
      store: disk.store(lifeline),
      events: eventLog(world, lifeline),
      log,
      clock,
      random: () => random.next(),
      bootId: machine.bootId,
      beforeRestart: (workload) => this.keeper.beforeRestart(workload),
    });
    this.keeper = new EntryKeeper({
      config: world.clientFiles.port(lifeline),
      registry,
      workloads: this.control,
      clock,
      log,
      events: eventLog(world, lifeline),
      entryFor: createEntryMaker({ command: '/bin/node', args: [] }),
    });
    late.bind({
      ...this.control.gatewayEvents,
      cutOff: (workload, session, key) => {
        this.control.gatewayEvents.cutOff(workload, session, key);
        this.keeper.cutOff(workload, key);
      },
    });
  }

  /** No runtime answers until then, monotonic ms. */
  awayUntil(at: number): void {
    for (const runtime of this.#runtimes.values()) runtime.awayUntil = at;
  }

  #runtimeOf(kind: Runtime['kind']): Runtime {
    const runtime = this.#runtimes.get(kind);
    if (!runtime) throw new HoldfastError('HF_UNSUPPORTED', { what: `There is no runtime ${kind} here` });
    return runtime;
  }
}

/** What a dead daemon's gateway says reaches nobody. */
function alive(events: GatewayEvents, lifeline: Lifeline): GatewayEvents {
  return {
    needBackend: lifeline.hears((...of: Parameters<GatewayEvents['needBackend']>) => events.needBackend(...of)),
    releaseBackend: lifeline.hears((...of: Parameters<GatewayEvents['releaseBackend']>) => events.releaseBackend(...of)),
    connectionDoubted: lifeline.hears((...of: Parameters<GatewayEvents['connectionDoubted']>) => events.connectionDoubted(...of)),
    connectionLost: lifeline.hears((...of: Parameters<GatewayEvents['connectionLost']>) => events.connectionLost(...of)),
    cutOff: lifeline.hears((...of: Parameters<GatewayEvents['cutOff']>) => events.cutOff(...of)),
  };
}

function eventLog(world: World, lifeline: Lifeline): EventLog {
  return {
    append: lifeline.hears((event: Parameters<EventLog['append']>[0]) => {
      world.trace.note('event', `${event.workload ?? ''} ${event.type}: ${event.message}`);
      checkAttempts(world, event);
    }),
    since: () => Promise.resolve([]),
    follow: () => () => undefined,
  };
}

/** An outage of an engine costs no attempt. */
function checkAttempts(world: World, { workload, type, data }: Parameters<EventLog['append']>[0]): void {
  const intent = workload === null ? null : world.intents.current(workload);
  const unit = typeof data?.['unit'] === 'string' ? data['unit'] : null;
  const attempts = data?.['attempts'];
  if (intent && type === 'backend.start-failed' && data?.['code'] !== 'HF_RUNTIME_UNAVAILABLE') world.containers.blame(intent.id, unit);
  if (type !== 'workload.backoff' || !intent || typeof attempts !== 'number') return;
  if (world.plan.workloads.find(({ name }) => name === workload)?.spec.runtime === 'process') return;
  world.containers.checkAttempts(intent.id, unit, attempts);
}

function byWorkload(records: readonly SessionRecord[]): Map<string, SessionRecord[]> {
  const grouped = new Map<string, SessionRecord[]>();
  for (const record of records) {
    const list = grouped.get(record.workloadId);
    if (list) list.push(record);
    else grouped.set(record.workloadId, [record]);
  }
  return grouped;
}
