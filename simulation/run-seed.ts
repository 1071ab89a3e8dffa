import { Client } from './clients/client.ts';
import { FrontDoor } from './clients/front-door.ts';
import { Daemon } from './daemon/daemon.ts';
import type { Container } from './engine/container.ts';
import { ClientFiles } from './entries/client-files.ts';
import { beginFaults } from './faults/faults.ts';
import { type Plan, planOf } from './faults/plan.ts';
import { ContainerFacts } from './invariants/containers.ts';
import { type Intent, Intents } from './invariants/intents.ts';
import { Ledger } from './invariants/ledger.ts';
import { checkAtRest, recover } from './invariants/rest.ts';
import { watchWaits } from './invariants/waits.ts';
import { Disk } from './machine/disk.ts';
import { Machine } from './machine/machine.ts';
import { Random } from './time/random.ts';
import { VirtualTime } from './time/virtual-time.ts';
import { Trace } from './trace.ts';
import { User } from './user/user.ts';
import type { Violation, World } from './world.ts';

const BEGIN = Date.UTC(2026, 0, 1);

export interface RunOptions {
  /** Writes the trace to standard error as it grows. */
  readonly echo?: boolean;
  /** Changes the plan of the seed. */
  readonly adjust?: (plan: Plan) => Plan;
}

export interface RunResult {
  readonly seed: string;
  readonly plan: Plan;
  readonly violation: Violation | null;
  /** The last things that happened, oldest first. */
  readonly lastEvents: readonly string[];
  readonly traceHash: string;
  readonly simulatedMs: number;
  readonly steps: number;
  readonly counts: {
    readonly requests: number;
    readonly answers: number;
    readonly executions: number;
    readonly repeats: number;
    readonly processes: number;
    readonly daemons: number;
  };
}

/** One run of everything, from one seed. */
export async function runSeed(seed: string, options: RunOptions = {}): Promise<RunResult> {
  const run = new Run(seed, options);
  return run.run();
}

/** The world of one run. */
export class Run implements World {
  readonly seed: string;
  readonly plan: Plan;
  readonly time = new VirtualTime(BEGIN);
  readonly random: Random;
  readonly trace: Trace;
  readonly ledger = new Ledger(() => this);
  readonly intents = new Intents();
  readonly containers = new ContainerFacts(this);
  readonly disk: Disk;
  readonly clientFiles: ClientFiles;
  readonly machine: Machine;
  readonly door: FrontDoor;
  readonly user: User;
  readonly clients: Client[] = [];
  faulty = true;
  violation: Violation | null = null;
  daemon: Daemon | null = null;
  daemons = 0;
  /** Monotonic ms at which the present daemon began to serve. */
  daemonSince = 0;

  constructor(seed: string, { echo = false, adjust = (plan) => plan }: RunOptions) {
    this.seed = seed;
    this.random = new Random(seed);
    this.plan = adjust(planOf(seed, this.random.fork('plan')));
    this.trace = new Trace(() => this.time.monotonic(), echo);
    this.disk = new Disk(this);
    this.clientFiles = new ClientFiles(this);
    this.machine = new Machine(this);
    this.door = new FrontDoor(this);
    this.user = new User(this, this.machine, () => this.daemon);
  }

  async run(): Promise<RunResult> {
    const onRejection = (reason: unknown): void => this.fail('defect', `unhandled rejection: ${stackOf(reason)}`);
    process.on('unhandledRejection', onRejection);
    try {
      await this.#live();
    } catch (error) {
      this.fail('defect', stackOf(error));
    } finally {
      process.off('unhandledRejection', onRejection);
    }
    return this.#result();
  }

  fail(rule: string, detail: string): void {
    this.violation ??= { rule, detail };
    this.trace.note('BROKEN', `${rule}: ${detail}`);
  }

  mayBeForgotten(sessionId: string): boolean {
    return this.disk.unsaved.has(sessionId) || this.disk.outdated.has(sessionId);
  }

  generationsForgotten(): boolean {
    return this.disk.stateBlocked;
  }

  isBeingAsked(intent: Intent): boolean {
    return this.user.isAsking(intent);
  }

  nothingLives(intent: Intent): void {
    const alive = this.machine.alive(intent.id);
    if (alive.length > 0)
      this.fail('not-stopped', `${intent.id} is ${intent.desired}, and process ${alive.map((each) => each.pid).join()} lives`);
  }

  async pass(ms: number): Promise<void> {
    await this.time.runUntil(this.time.monotonic() + ms, () => this.violation !== null);
  }

  /** Passes time until something holds, at most `ms`. False when it never did. */
  async passUntil(ms: number, holds: () => boolean): Promise<boolean> {
    const end = this.time.monotonic() + ms;
    while (this.violation === null && !holds()) {
      if (this.time.monotonic() >= end) return false;
      await this.pass(100);
    }
    return this.violation === null;
  }

  /** A daemon comes up, as soon as it may. */
  startDaemon(afterMs: number): void {
    this.time.after(afterMs, () => {
      this.daemons += 1;
      this.trace.note('world', `daemon ${this.daemons} starts`);
      const ordinal = this.daemons;
      Daemon.start(this, this.machine, this.disk, ordinal, () => this.time.after(0, () => this.#buryDaemon(false))).then(
        (daemon) => this.#daemonIsUp(daemon),
        (error: unknown) => this.fail('defect', `the daemon does not start: ${stackOf(error)}`),
      );
    });
  }

  killDaemon(effects: number | null, reboot: boolean): void {
    const { daemon } = this;
    if (!daemon) return;
    if (effects === null || reboot) {
      daemon.lifeline.cut();
      this.#buryDaemon(reboot);
    } else daemon.lifeline.light(effects);
  }

  async #live(): Promise<void> {
    for (const workload of this.plan.workloads)
      for (let index = 0; index < workload.clients; index += 1) this.clients.push(new Client(this, this.door, workload, index));
    this.startDaemon(0);
    await this.pass(10);
    for (const workload of this.plan.workloads) this.user.run(workload);
    beginFaults({
      world: this,
      machine: this.machine,
      disk: this.disk,
      clients: this.clients,
      user: this.user,
      daemon: () => this.daemon,
      killDaemon: (effects, reboot) => this.killDaemon(effects, reboot),
    });
    watchWaits(this);
    await this.pass((this.plan.minutes * 60_000) / 2);
    if (this.plan.idleMs > 0) await this.#idle();
    await this.pass((this.plan.minutes * 60_000) / 2);
    await recover(this);
    if (this.violation === null) await checkAtRest(this);
  }

  /** Nobody does anything for a long time. */
  async #idle(): Promise<void> {
    this.trace.note('world', `is idle for ${Math.round(this.plan.idleMs / 1000)} s`);
    this.faulty = false;
    for (const client of this.clients) client.quiet = true;
    await this.pass(this.plan.idleMs);
    this.faulty = true;
    for (const client of this.clients) client.resume();
  }

  #daemonIsUp(daemon: Daemon): void {
    if (this.daemon) return;
    this.daemon = daemon;
    this.daemonSince = this.time.monotonic();
    this.door.daemon = daemon;
    this.trace.note('world', 'the daemon serves');
    for (const intent of this.intents.all()) this.#compare(intent, daemon);
  }

  /** What the new daemon makes of what was asked of its predecessor. */
  #compare(intent: Intent, daemon: Daemon): void {
    if (this.intents.current(intent.name) !== intent) return;
    const view = daemon.control.find(intent.name);
    const found = view?.spec.id === intent.id ? view.spec.desired : 'gone';
    if (intent.desired === 'unknown' || !intent.settled) {
      intent.desired = found;
      intent.removed ||= found === 'gone';
    } else if (found !== intent.desired)
      this.fail('order-forgotten', `${intent.id} should be ${intent.desired}, and the new daemon takes it for ${found}`);
  }

  #buryDaemon(reboot: boolean): void {
    if (!this.daemon?.lifeline.dead) return;
    this.trace.note('world', reboot ? 'the machine goes down' : 'the daemon dies');
    this.daemon = null;
    this.door.daemon = null;
    this.door.breakAll();
    this.disk.settleAfterDeath();
    this.user.forget();
    this.#rememberContainers(reboot);
    if (reboot) this.machine.reboot();
    else this.machine.daemonDied();
    this.startDaemon(this.random.magnitude(50, this.faulty ? 60_000 : 500));
  }

  /** What the next daemon can know, and which servers it has no reason to touch. */
  #rememberContainers(reboot: boolean): void {
    for (const intent of this.intents.all()) {
      const stored = this.disk.workloads.get(intent.name);
      const status = stored?.spec.id === intent.id ? stored.status : null;
      const exit = status?.lastExit ?? null;
      this.containers.remembered(intent, status?.reason?.code ?? null, status && exit ? status.updatedAt - exit.endedAt : 0);
      const record = status?.backend;
      if (reboot || record?.incarnation.runtime !== 'docker' || record.readyAt === null || stored?.spec.sessions !== 'shared') continue;
      const container = this.machine.engines.get('docker')?.byId(record.incarnation.containerId);
      const lives = container?.running && container.startedAt === record.incarnation.startedAt;
      const isWanted =
        intent.desired === 'running' && intent.settled && stored.spec.desired === 'running' && status?.lifecycle === 'running';
      if (container) container.spared = lives === true && isWanted && this.#nothingElse(container);
    }
  }

  /** Nothing but the daemon's death has happened to the container, and nothing else will that a daemon may end it for. */
  #nothingElse(container: Container): boolean {
    const { sweepFails, neverReady, slowBoot, hangs, clockJumps, badHandshake } = this.plan.faults;
    const isCalm = [sweepFails, neverReady, slowBoot, hangs, badHandshake, clockJumps].every((fault) => fault === 0);
    return isCalm && !container.paused && !this.disk.stateBlocked && this.machine.engines.get('docker')?.up === true;
  }

  #result(): RunResult {
    return {
      seed: this.seed,
      plan: this.plan,
      violation: this.violation,
      lastEvents: this.trace.last(120),
      traceHash: this.trace.hash,
      simulatedMs: this.time.monotonic(),
      steps: this.time.steps,
      counts: {
        requests: this.ledger.asked.size,
        answers: this.ledger.answers,
        executions: this.ledger.executions,
        repeats: this.ledger.repeats,
        processes: this.machine.processes.length,
        daemons: this.daemons,
      },
    };
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
