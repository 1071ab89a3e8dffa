import type { Random } from '../../simulation/time/random.ts';

/** What is done to one server. `exit`: it ends itself; `crash`: SIGKILL past the engine; the others are asked from the engine. */
export type ServerFault = 'exit' | 'crash' | 'kill' | 'stop' | 'restart' | 'pause' | 'remove';
/** What is done to the engine. */
export type EngineFault = 'engine-kill' | 'engine-stop' | 'engine-freeze';
/** What is done to the connections between Holdfast and the engine. */
export type ConnectionFault = 'cut-attach' | 'cut-events' | 'cut-off' | 'stall';

interface When {
  /** Before it begins, ms. */
  readonly waitMs: number;
  /** Whether all clients are answered again before the next one. */
  readonly calm: boolean;
}

interface Which {
  /** Index of the server. */
  readonly target: number;
  /** Which of its containers, or clients: a share of their number. */
  readonly pick: number;
}

export interface ServerStep extends When, Which {
  readonly fault: ServerFault;
  /** How long a pause takes. */
  readonly forMs: number;
  /** Whether the engine's events are lost meanwhile. */
  readonly loseEvents: boolean;
}

export interface EngineStep extends When, Which {
  readonly fault: EngineFault;
  readonly awayMs: number;
  /** Whether its socket refuses connections, as that of a socket unit without its service does not. */
  readonly refuses: boolean;
  /** What else happens while it is away; a crash is that of `target`. */
  readonly meanwhile: 'nothing' | 'daemon' | 'crash';
}

export interface ConnectionStep extends When {
  readonly fault: ConnectionFault;
  readonly forMs: number;
}

/** One fault, wholly decided before it happens. */
export type Step = ServerStep | EngineStep | ConnectionStep | (When & { readonly fault: 'daemon' });

/** One round of faults: each happens in the first minute, a removal once. */
const ROUND: readonly Step['fault'][] = [
  ...(['exit', 'crash', 'kill', 'kill', 'stop', 'restart', 'pause', 'remove'] as const),
  ...(['engine-kill', 'engine-stop', 'engine-freeze'] as const),
  ...(['daemon', 'daemon'] as const),
  ...(['cut-attach', 'cut-events', 'cut-off', 'stall'] as const),
];

/** An engine may be frozen or cut off beyond the five seconds after which it counts as away, and not much longer. */
const LONGEST_FREEZE_MS = 6_500;

/** The faults of a run, without an end: rounds, each in an order of its own. They depend on nothing but the seed. @param servers how many there are */
export function* planOf(random: Random, servers: number): Generator<Step, never> {
  let last = true;
  for (;;) {
    for (const fault of shuffled(ROUND, random)) {
      // At most two meet: what they add up to must stay shorter than the hold limit.
      const calm: boolean = !last || random.chance(0.65);
      last = calm;
      yield { waitMs: Math.round(random.wait(calm ? 250 : 120)), calm, ...details(fault, random, servers) } as Step;
    }
  }
}

function details(fault: Step['fault'], random: Random, servers: number): object {
  const target = random.int(0, servers - 1);
  const pick = random.next();
  switch (fault) {
    case 'engine-kill':
    case 'engine-stop':
      return {
        fault,
        target,
        pick,
        awayMs: random.int(0, 2_500),
        refuses: random.chance(0.5),
        meanwhile: random.pick(['nothing', 'daemon', 'crash']),
      };
    case 'engine-freeze':
      return {
        fault,
        target,
        pick,
        awayMs: random.int(200, LONGEST_FREEZE_MS),
        refuses: false,
        meanwhile: random.pick(['nothing', 'nothing', 'daemon', 'crash']),
      };
    case 'stall':
      return { fault, forMs: random.int(100, LONGEST_FREEZE_MS) };
    case 'cut-off':
    case 'cut-attach':
    case 'cut-events':
      return { fault, forMs: random.int(50, 3_000) };
    case 'daemon':
      return { fault };
    default:
      return { fault, target, pick, forMs: random.int(100, 2_500), loseEvents: fault !== 'remove' && random.chance(0.25) };
  }
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  return items.map(() => left.splice(random.int(0, left.length - 1), 1)[0] as T);
}

/** A step in a line. */
export function describeStep(step: Step, names: readonly string[]): string {
  const target = 'target' in step ? ` ${names[step.target] ?? ''}` : '';
  const rest = Object.entries(step).filter(([key]) => !['fault', 'target', 'waitMs', 'calm', 'pick'].includes(key));
  return `${step.fault}${target}${rest.map(([key, value]) => ` ${key}=${value}`).join('')}${step.calm ? '' : ' (the next one follows at once)'}`;
}
