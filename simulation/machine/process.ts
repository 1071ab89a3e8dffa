import type { ObservedExit } from '../../src/core/ports/runtime.ts';
import type { WorkloadPlan } from '../faults/plan.ts';
import type { HttpServer } from '../servers/http-server.ts';
import { McpServer } from '../servers/mcp-server.ts';
import type { FusePoint, Incarnated, ServerHost } from '../servers/server-host.ts';
import type { ServerSession } from '../servers/server-session.ts';
import type { Random } from '../time/random.ts';
import type { World } from '../world.ts';
import type { StdioPipes } from './stdio-pipes.ts';

/** What a process was started for. */
export interface Purpose {
  readonly plan: WorkloadPlan;
  readonly workloadId: string;
  readonly unit: string | null;
  /** 0 = somebody else started it, and Holdfast has not taken it over. */
  generation: number;
  /** How many processes of this workload there were before. */
  readonly ordinal: number;
}

/** stdin and stdout of a server, whatever they are connected to. */
export interface ServerStdio {
  readonly session: ServerSession;
  /** Prints a line that is no message. */
  garble(): void;
}

/** One process of the simulated machine. It outlives daemons. */
export class Process implements ServerHost {
  readonly world: World;
  readonly pid: number;
  readonly purpose: Purpose;
  readonly random: Random;
  readonly server: McpServer;
  alive = true;
  diedAt: number | null = null;
  exit: ObservedExit | null = null;
  /** Answers nothing and reads nothing until then, monotonic ms. */
  frozenUntil = 0;
  /** Sends what was frozen on its way. */
  pipes: StdioPipes | null = null;
  stdio: ServerStdio | null = null;
  http: HttpServer | null = null;
  /** The daemon was told that it is dead. */
  reportedAt: number | null = null;
  /** The daemon was told last that the connection to it is lost. */
  detachedAt: number | null = null;
  private readonly onDeath: ((exit: ObservedExit) => void)[] = [];
  private readonly fuse: { readonly point: FusePoint; left: number; readonly exit: ObservedExit } | null;

  constructor(world: World, pid: number, purpose: Purpose, random: Random, incarnated: Incarnated) {
    this.world = world;
    this.pid = pid;
    this.purpose = purpose;
    this.random = random;
    this.server = new McpServer(this, incarnated);
    const { fuse } = world.plan.faults;
    this.fuse =
      world.faulty && random.chance(fuse)
        ? { point: random.pick(['receive', 'execute', 'answer']), left: random.int(1, 12), exit: randomExit(random) }
        : null;
  }

  get name(): string {
    return `process ${this.pid}`;
  }

  after(ms: number, callback: () => void): void {
    this.world.time.after(ms, () => {
      if (!this.alive) return;
      const frozen = this.frozenUntil - this.world.time.monotonic();
      if (frozen > 0) this.after(frozen, callback);
      else callback();
    });
  }

  survives(point: FusePoint): boolean {
    if (!this.alive) return false;
    const { fuse } = this;
    if (!fuse || fuse.point !== point || !this.world.faulty) return true;
    fuse.left -= 1;
    if (fuse.left !== 0) return true;
    this.die(fuse.exit);
    return false;
  }

  whenDead(callback: (exit: ObservedExit) => void): void {
    this.onDeath.push(callback);
  }

  die(exit: ObservedExit): void {
    if (!this.alive) return;
    this.alive = false;
    this.exit = exit;
    this.diedAt = this.world.time.monotonic();
    this.world.trace.note(this.name, `dies: ${exit.cause} ${exit.exitCode ?? ''}${exit.signal ?? ''}`);
    for (const callback of this.onDeath) callback(exit);
  }

  freeze(ms: number): void {
    this.frozenUntil = Math.max(this.frozenUntil, this.world.time.monotonic() + ms);
    this.world.trace.note(this.name, `hangs for ${Math.round(ms)} ms`);
  }
}

export function randomExit(random: Random): ObservedExit {
  switch (random.int(0, 4)) {
    case 0:
      return { cause: 'exited', exitCode: 0, signal: null, oom: false };
    case 1:
      return { cause: 'exited', exitCode: 1, signal: null, oom: false };
    case 2:
      return { cause: 'oom', exitCode: 137, signal: 'SIGKILL', oom: true };
    case 3:
      return { cause: 'signalled', exitCode: null, signal: 'SIGSEGV', oom: false };
    default:
      return { cause: 'signalled', exitCode: null, signal: 'SIGKILL', oom: false };
  }
}

export const killed: ObservedExit = { cause: 'signalled', exitCode: null, signal: 'SIGKILL', oom: false };
