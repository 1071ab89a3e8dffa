import type { Container } from '../engine/container.ts';
import { Engine, type EngineKind } from '../engine/engine.ts';
import type { WorkloadPlan } from '../faults/plan.ts';
import { HttpServer } from '../servers/http-server.ts';
import type { Incarnated } from '../servers/server-host.ts';
import type { Random } from '../time/random.ts';
import type { World } from '../world.ts';
import { FIRST_PORT } from './keys.ts';
import { killed, Process, type Purpose } from './process.ts';

/** Processes, ports and what Holdfast's marker says of them. Lives on when a daemon dies. */
export class Machine {
  readonly world: World;
  readonly processes: Process[] = [];
  readonly #random: Random;
  readonly #generations = new Map<string, Set<number>>();
  readonly #ordinals = new Map<string, number>();
  readonly #ports = new Map<number, Process>();
  readonly engines: ReadonlyMap<EngineKind, Engine>;
  bootId = 'boot-1';

  constructor(world: World) {
    this.world = world;
    this.#random = world.random.fork('machine');
    const kinds = new Set(world.plan.workloads.map(({ spec }) => spec.runtime));
    this.engines = new Map(
      (['docker', 'podman'] as const).filter((kind) => kinds.has(kind)).map((kind) => [kind, new Engine(kind, this)] as const),
    );
  }

  spawn(purpose: Omit<Purpose, 'ordinal' | 'plan'>, by: 'holdfast' | 'other' = 'holdfast'): Process {
    const plan = this.planNamed(this.world.intents.nameOf(purpose.workloadId));
    const ordinal = (this.#ordinals.get(purpose.workloadId) ?? 0) + 1;
    this.#ordinals.set(purpose.workloadId, ordinal);
    const pid = this.processes.length + 1;
    const random = this.#random.fork(`process-${pid}`);
    const whole: Purpose = { ...purpose, plan, ordinal };
    this.#check(whole, by);
    const process = new Process(this.world, pid, whole, random, incarnate(plan, ordinal, random, this.world));
    this.processes.push(process);
    this.world.trace.note(
      process.name,
      `starts: ${plan.name} generation ${purpose.generation}${purpose.unit === null ? '' : ` for ${purpose.unit.slice(0, 6)}`}`,
    );
    this.#boot(process);
    if (process.server.of.handshake === 'exit')
      process.after(random.between(1, 50), () => process.die({ cause: 'exited', exitCode: 3, signal: null, oom: false }));
    return process;
  }

  /** Lets an HTTP server listen, on a port that nobody had before. */
  listen(process: Process): number {
    const port = FIRST_PORT + process.pid;
    process.http = new HttpServer(process, port);
    this.#ports.set(port, process);
    process.whenDead(() => this.#ports.delete(port));
    return port;
  }

  listener(port: number): Process | null {
    return this.#ports.get(port) ?? null;
  }

  alive(workloadId?: string): Process[] {
    return this.processes.filter((process) => process.alive && (workloadId === undefined || process.purpose.workloadId === workloadId));
  }

  /** The container in which a process runs; null where it runs in none. */
  containerOf(process: Process): Container | null {
    for (const { containers } of this.engines.values())
      for (const container of containers) if (container.process === process) return container;
    return null;
  }

  /** The user wants something of the workload: its containers may be ended for that. */
  notSpared(workloadId: string): void {
    for (const engine of this.engines.values()) for (const container of engine.of(workloadId)) container.spared = false;
  }

  process(pid: number): Process | null {
    return this.processes[pid - 1] ?? null;
  }

  /** Nobody reads what stdio servers write any more, and their stdin ends: most of them end too. */
  daemonDied(): void {
    for (const engine of this.engines.values()) engine.daemonDied();
    for (const process of this.alive()) {
      if (!process.pipes || process.random.chance(this.world.plan.faults.orphans)) continue;
      process.after(process.random.magnitude(1, 500), () => process.die({ cause: 'exited', exitCode: 0, signal: null, oom: false }));
    }
  }

  /** The machine goes down and comes up again. */
  reboot(): void {
    for (const engine of this.engines.values()) {
      engine.vanish();
      this.world.time.after(this.#random.magnitude(100, 30_000), () => engine.comeBack(true));
    }
    for (const process of this.alive()) process.die(killed);
    this.bootId = `boot-${this.processes.length + 1}`;
  }

  planNamed(name: string): WorkloadPlan {
    const plan = this.world.plan.workloads.find((workload) => workload.name === name);
    if (!plan) throw new Error(`no plan for ${name}`);
    return plan;
  }

  /** Until it has booted a stdio server reads nothing, and an HTTP server does not listen. */
  #boot(process: Process): void {
    const { world } = this;
    const { random, purpose } = process;
    const { neverReady, slowBoot } = world.plan.faults;
    const isMean = world.faulty && (purpose.ordinal > 1 || random.chance(0.1));
    const usual = random.between(...purpose.plan.server.bootMs);
    const ms =
      isMean && random.chance(neverReady)
        ? Number.POSITIVE_INFINITY
        : isMean && random.chance(slowBoot)
          ? random.magnitude(1_000, 40_000)
          : usual;
    process.frozenUntil = world.time.monotonic() + ms;
    process.after(0, () => {
      if (process.http) process.http.listening = true;
    });
  }

  #check({ workloadId, unit, generation, plan }: Purpose, by: 'holdfast' | 'other'): void {
    const { world } = this;
    const others = this.alive(workloadId).filter((process) => process.purpose.unit === unit);
    if (others.length > 0)
      world.fail(
        'two-backends',
        `generation ${generation} of ${plan.name} starts while process ${others.map((other) => other.pid).join()} of the same unit lives`,
      );
    if (by === 'other') return;
    const used = this.#generations.get(workloadId) ?? new Set();
    this.#generations.set(workloadId, used);
    // A number comes again where several daemons in a row could not write how far they had come.
    if (used.has(generation) && !world.generationsForgotten())
      world.fail('generation-twice', `generation ${generation} of ${plan.name} was there before`);
    used.add(generation);
    const why = world.intents.forbidsStart(workloadId);
    if (why !== null) world.fail('resurrected', `generation ${generation} of ${plan.name} starts although ${why}`);
  }
}

function incarnate(plan: WorkloadPlan, ordinal: number, random: Random, world: World): Incarnated {
  const { server } = plan;
  const change = server.versionChange;
  const isBad = world.faulty && (ordinal > 1 || random.chance(0.1)) && random.chance(world.plan.faults.badHandshake);
  return {
    version: change && ordinal >= change.from ? change.version : server.version,
    toolset: server.toolsChange ? random.int(1, 3) : 2,
    paged: server.paged,
    obeysCancel: server.obeysCancel,
    handshake: isBad ? random.pick(['silent', 'error', 'no-version', 'garbage', 'exit']) : 'right',
  };
}
