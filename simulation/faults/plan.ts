import type { WorkloadSpec } from '../../src/core/workload/spec.ts';
import type { Random } from '../time/random.ts';
import { workloadSpec } from '../workload-spec.ts';

/** How the servers of a workload are, whichever incarnation. */
export interface ServerPlan {
  readonly transport: 'stdio' | 'http';
  /** Newest revision of the protocol that it speaks. */
  readonly version: string;
  /** From this incarnation on it speaks another one; null = never. */
  readonly versionChange: { readonly from: number; readonly version: string } | null;
  /** Whether another incarnation may have other tools. */
  readonly toolsChange: boolean;
  /** `tools/list` has two pages. */
  readonly paged: boolean;
  readonly bootMs: readonly [number, number];
  /** Probability that a cancelled request is given up without an answer. */
  readonly obeysCancel: number;
  /** HTTP: gives out session ids, and says this status to one that it does not know. Null = no sessions. */
  readonly lostStatus: 404 | 400 | null;
  /** HTTP: share of answers that are event streams. */
  readonly streams: number;
  /** HTTP: event streams carry ids and can be resumed; such a stream may be closed before the answer. */
  readonly primes: boolean;
  /** HTTP: offers a GET stream. */
  readonly listens: boolean;
}

export interface WorkloadPlan {
  readonly name: string;
  readonly server: ServerPlan;
  readonly spec: WorkloadSpec;
  readonly clients: number;
}

/** What goes wrong, and how often. Zero = never. Those in the plural are means of a whole run, the others probabilities. */
export interface FaultPlan {
  readonly kills: number;
  /** A process that is bound to die at its n-th message, execution or answer. */
  readonly fuse: number;
  readonly startFails: number;
  readonly startFailsForGood: number;
  readonly runtimeAway: number;
  readonly neverReady: number;
  readonly slowBoot: number;
  readonly badHandshake: number;
  readonly hangs: number;
  readonly blindWrites: number;
  readonly lateExit: number;
  readonly lostExit: number;
  readonly orphans: number;
  readonly unreachable: number;
  readonly resets: number;
  readonly softRestarts: number;
  readonly amnesia: number;
  readonly daemonDeaths: number;
  readonly clockJumps: number;
  readonly diskFull: number;
  readonly sweepFails: number;
  readonly stopFails: number;
  readonly orders: number;
  readonly dropPosts: number;
  readonly dropGets: number;
  /** A connection that broke is noticed late by the daemon. */
  readonly halfOpen: number;
  readonly strayMessages: number;
  readonly engine: EngineFaultPlan;
}

/** What goes wrong with engines and their containers. Those in the plural are means of a whole run, the others probabilities. */
export interface EngineFaultPlan {
  readonly outsideKills: number;
  readonly outsideStops: number;
  readonly outsideRestarts: number;
  readonly outsideStarts: number;
  readonly outsideRemovals: number;
  readonly pauses: number;
  readonly outages: number;
  /** Docker keeps its containers when it is back (live-restore). */
  readonly liveRestore: boolean;
  readonly attachLosses: number;
  readonly lostEvents: number;
  readonly lateEvents: number;
  readonly doubledEvents: number;
}

export interface ClientPlan {
  /** Mean time between two requests of a client, ms. */
  readonly thinkMs: number;
  readonly cancels: number;
  readonly deletes: number;
  readonly answersElicitation: number;
  readonly longCalls: number;
  /** Probability that a client goes away for long, each time that it could ask for something. */
  readonly sleeps: number;
}

export interface Plan {
  readonly seed: string;
  readonly minutes: number;
  /** Nothing happens for that long, somewhere in the middle, ms. */
  readonly idleMs: number;
  readonly workloads: readonly WorkloadPlan[];
  readonly faults: FaultPlan;
  readonly clients: ClientPlan;
}

const VERSIONS = ['2025-11-25', '2025-11-25', '2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;

/** What a seed means. Most faults are off in any one run: what goes wrong alone is seen better than in a crowd. */
export function planOf(seed: string, random: Random): Plan {
  const faults = drawFaults(random.fork('faults'));
  const workloads = random.fork('workloads');
  const count = workloads.pick([1, 1, 1, 2, 2, 3]);
  const minutes = random.magnitude(0.5, 20);
  const drawn = Array.from({ length: count }, (_, index) =>
    onEngine(drawWorkload(`w${index}`, workloads.fork(`${index}`), faults), random),
  );
  const clients = drawn.reduce((sum, workload) => sum + workload.clients, 0);
  return {
    seed,
    minutes,
    idleMs: random.chance(0.15) ? random.magnitude(60_000, 3 * 24 * 3_600_000) : 0,
    workloads: drawn,
    faults,
    clients: {
      thinkMs: (minutes * 60_000 * clients) / random.magnitude(40, 300),
      cancels: random.chance(0.5) ? random.between(0, 0.2) : 0,
      deletes: random.chance(0.4) ? random.between(0, 0.1) : 0,
      answersElicitation: random.pick([1, 0.8, 0.3]),
      longCalls: random.pick([0, 0.05, 0.2, 0.5]),
      sleeps: random.chance(0.3) ? random.between(0, 0.1) : 0,
    },
  };
}

function drawFaults(random: Random): FaultPlan {
  const rate = (probability: number, least: number, most: number): number =>
    random.chance(probability) ? random.magnitude(least, most) : 0;
  return {
    kills: rate(0.6, 0.7, 20),
    fuse: rate(0.4, 0.05, 0.8),
    startFails: rate(0.2, 0.05, 0.5),
    startFailsForGood: rate(0.05, 0.02, 0.2),
    runtimeAway: rate(0.15, 0.5, 4),
    neverReady: rate(0.15, 0.05, 0.4),
    slowBoot: rate(0.3, 0.05, 0.8),
    badHandshake: rate(0.15, 0.05, 0.4),
    hangs: rate(0.2, 0.5, 4),
    blindWrites: rate(0.5, 0.2, 1),
    lateExit: rate(0.3, 0.1, 1),
    lostExit: rate(0.2, 0.05, 0.5),
    orphans: rate(0.3, 0.1, 1),
    unreachable: rate(0.2, 0.01, 0.3),
    resets: rate(0.2, 0.7, 15),
    softRestarts: rate(0.2, 0.7, 8),
    amnesia: rate(0.2, 0.7, 15),
    daemonDeaths: rate(0.3, 0.7, 6),
    clockJumps: rate(0.2, 0.7, 5),
    diskFull: rate(0.15, 0.7, 4),
    sweepFails: rate(0.1, 0.05, 0.3),
    stopFails: rate(0.1, 0.05, 0.3),
    orders: rate(0.4, 0.7, 15),
    dropPosts: rate(0.3, 0.02, 0.3),
    dropGets: rate(0.3, 0.7, 10),
    halfOpen: rate(0.3, 0.2, 1),
    strayMessages: rate(0.2, 1, 30),
    engine: drawEngineFaults(random.fork('engine')),
  };
}

function drawEngineFaults(random: Random): EngineFaultPlan {
  const rate = (probability: number, least: number, most: number): number =>
    random.chance(probability) ? random.magnitude(least, most) : 0;
  return {
    outsideKills: rate(0.3, 0.7, 6),
    outsideStops: rate(0.3, 0.7, 6),
    outsideRestarts: rate(0.3, 0.7, 6),
    outsideStarts: rate(0.2, 0.7, 10),
    outsideRemovals: rate(0.3, 0.7, 4),
    pauses: rate(0.2, 0.7, 4),
    outages: rate(0.35, 0.7, 5),
    liveRestore: random.chance(0.3),
    attachLosses: rate(0.35, 0.7, 8),
    lostEvents: rate(0.25, 0.05, 0.6),
    lateEvents: rate(0.3, 0.1, 1),
    doubledEvents: rate(0.3, 0.1, 1),
  };
}

/** Every second seed has its workloads in containers, or some of them. */
function onEngine(workload: WorkloadPlan, random: Random): WorkloadPlan {
  const own = random.fork(`engine-${workload.name}`);
  const share = random.fork('engines').pick([0, 0, 0.7, 1]);
  const { spec } = workload;
  if (!own.chance(share)) return workload;
  const mode = own.pick(['as-it-is', 'as-it-is', 'unless-stopped'] as const);
  const runtime = own.pick(['docker', 'docker', 'podman'] as const);
  return { ...workload, spec: { ...spec, runtime, restart: mode === 'as-it-is' ? spec.restart : { ...spec.restart, mode } } };
}

function drawWorkload(name: string, random: Random, faults: FaultPlan): WorkloadPlan {
  const kind = random.pick(['shared', 'shared', 'isolated', 'http', 'http'] as const);
  const base = workloadSpec();
  const eager = random.chance(0.5);
  const isHttp = kind === 'http';
  const spec: WorkloadSpec = {
    ...base,
    name,
    transport: isHttp ? 'streamable-http' : 'stdio',
    sessions: kind === 'isolated' ? 'isolated' : 'shared',
    restart: eager
      ? { ...base.restart, stableMs: 0, attempts: 0, immediate: { count: null, windowMs: 600_000 }, jitter: 0.1 }
      : { ...base.restart, jitter: random.pick([0, 0.1]), mode: random.pick(['always', 'always', 'on-failure']) },
    readyTimeoutMs: random.pick([60_000, 10_000]),
    requestTimeoutMs: random.pick([600_000, 120_000, faults.hangs > 0 ? 60_000 : 600_000]),
    sessionTtlMs: random.pick([7_200_000, 7_200_000, 60_000, 5_000]),
    stopTimeoutMs: random.pick([10_000, 1_000]),
    repeat: !random.chance(0.1),
  };
  const version = random.pick(VERSIONS);
  return {
    name,
    spec,
    clients: random.int(2, isHttp ? 6 : 5),
    server: {
      transport: isHttp ? 'http' : 'stdio',
      version,
      versionChange: random.chance(0.08) ? { from: random.int(2, 4), version: random.pick(VERSIONS) } : null,
      toolsChange: random.chance(0.3),
      paged: random.chance(0.3),
      bootMs: random.pick([
        [5, 30],
        [50, 400],
        [500, 3_000],
      ] as const),
      obeysCancel: random.pick([1, 0.5, 0]),
      lostStatus: random.pick([404, 404, 400, null] as const),
      streams: random.pick([0, 0.5, 1]),
      primes: random.chance(0.5),
      listens: random.chance(0.8),
    },
  };
}
