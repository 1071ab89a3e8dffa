import type { HoldfastError } from '../errors/holdfast-error.ts';
import type { Condition } from '../ports/runtime.ts';
import type { ExitRecord } from '../workload/exit.ts';
import type { BackendRecord, WorkloadStatus } from '../workload/status.ts';

/** What the owner of a unit wants. `gone` is final: a unit that is to be forgotten is never wanted again. */
export type Want = 'running' | 'stopped' | 'gone';

/**
 * Where the one backend of a unit is in its life.
 * `idle` nothing lives · `adopting` the record of an earlier daemon is being checked · `starting` ordered, may live ·
 * `cancelling` ordered, and called off since · `started` lives, nobody handshakes it yet · `handshaking` · `ready` ·
 * `stopping` Holdfast ends it · `sweeping` nothing lives that we know, the rest is being looked for · `forgetting` · `forgotten`.
 */
export type Phase =
  | 'idle'
  | 'adopting'
  | 'starting'
  | 'cancelling'
  | 'started'
  | 'handshaking'
  | 'ready'
  | 'stopping'
  | 'sweeping'
  | 'forgetting'
  | 'forgotten';

/** Why Holdfast ends a generation. */
export type StopReason = 'stop' | 'restart' | 'not-ready' | 'unhealthy' | 'lost';

export type Ladder = WorkloadStatus['ladder'];
export type Reason = NonNullable<WorkloadStatus['reason']>;

/** Nothing is started again until somebody asks for it (or, for `failed`, until the machine has booted anew). */
export interface Verdict {
  /** `failed`: given up. `finished`: ended by itself and the policy lets it rest. */
  readonly kind: 'failed' | 'finished';
  readonly reason: Reason;
}

/**
 * Everything the supervisor knows of one unit: the shared backend of a workload, or the backend of one session under
 * `--sessions isolated`. Plain data; `reduce` makes the next one from an event, `plan` says what has to be done about it.
 */
export interface UnitState {
  readonly want: Want;
  /** Grace of the stop that was asked for, ms; null = the spec's. */
  readonly graceMs: number | null;
  /** Starts wait for their turn (after a start of the daemon). */
  readonly parked: boolean;
  readonly phase: Phase;
  /** Newest generation that was begun for this unit; 0 = none yet. */
  readonly generation: number;
  /** Generations up to this one are to be replaced: a restart was asked for, or the spec changed. */
  readonly obsoleteThrough: number;
  /** What an earlier daemon left behind and may be taken over. */
  readonly adoptable: BackendRecord | null;
  readonly backend: BackendRecord | null;
  /** The living backend was taken over from an earlier daemon. */
  readonly adopted: boolean;
  /** Monotonic ms at which the living generation became ready. */
  readonly readySince: number | null;
  /** The living generation is useless and must go, although the unit is wanted. */
  readonly ending: { readonly why: StopReason; readonly error: HoldfastError | null } | null;
  readonly health: WorkloadStatus['health'];
  /** What the runtime says of the living backend. */
  readonly condition: Condition;
  /** Somebody else started its successor before its end was told. */
  readonly reappeared: boolean;
  /** Its container was removed by somebody else, which was news before the end of the backend. */
  readonly vanished: boolean;
  readonly everReady: boolean;
  readonly ladder: Ladder;
  /** Monotonic ms of the next start; null = at once. The wall clock's view of it is `ladder.nextStartAt`. */
  readonly dueAt: number | null;
  /** What the last end cost of the restart policy's patience, until a run is ready; null = nothing. */
  readonly spent: { readonly ladder: Ladder; readonly reason: Reason | null } | null;
  /** Whether the next or present start follows a run: `crash` counts as a restart, `order` does not. */
  readonly restarting: 'crash' | 'order' | null;
  readonly restarts: number;
  readonly lastExit: ExitRecord | null;
  readonly verdict: Verdict | null;
  /** Monotonic ms at which a stop by somebody else is known not to be the engine's own; null = nothing waits to be known. */
  readonly confirmAt: number | null;
  /** Since when the runtime has not answered, monotonic ms, and whether requests are refused for it; null while it does. */
  readonly away: { readonly since: number; readonly refuses: boolean } | null;
  readonly failedBoot: string | null;
  readonly reason: Reason | null;
  /** Why the last attempt to start failed; null after a success or a new order. */
  readonly failure: HoldfastError | null;
  /** Why the last attempt to end or forget it failed. */
  readonly stuck: HoldfastError | null;
  /** An exit that the gateway was not told yet. */
  readonly undropped: ExitRecord | null;
  /** Key of the serving state that the gateway was told last; null = unknown to us. */
  readonly served: string | null;
  /** Nothing of this unit can be alive that we do not know. */
  readonly swept: boolean;
  /** An earlier daemon saw it stopped, and nothing was begun since. */
  readonly stoppedBefore: boolean;
}

export const emptyLadder: Ladder = { attempts: 0, step: 0, immediates: [], nextStartAt: null };

/** A unit that never ran. */
export function newUnit(want: Want, everReady: boolean): UnitState {
  return {
    want,
    graceMs: null,
    parked: false,
    phase: 'idle',
    generation: 0,
    obsoleteThrough: 0,
    adoptable: null,
    backend: null,
    adopted: false,
    readySince: null,
    ending: null,
    health: 'unknown',
    condition: { kind: 'fine' },
    reappeared: false,
    vanished: false,
    everReady,
    ladder: emptyLadder,
    dueAt: null,
    spent: null,
    restarting: null,
    restarts: 0,
    lastExit: null,
    verdict: null,
    confirmAt: null,
    away: null,
    failedBoot: null,
    reason: null,
    failure: null,
    stuck: null,
    undropped: null,
    served: null,
    swept: true,
    stoppedBefore: false,
  };
}

/** True while a backend of the unit lives or may come to live. */
export function mayLive(state: Pick<UnitState, 'phase'>): boolean {
  return state.phase !== 'idle' && state.phase !== 'sweeping' && state.phase !== 'forgetting' && state.phase !== 'forgotten';
}

/** Why the present generation must end, null while it may live on. */
export function mustEnd(state: UnitState): StopReason | null {
  // A verdict comes while one is being started only where somebody else removed what was to be started.
  if (state.want !== 'running' || state.verdict) return 'stop';
  if (state.ending) return state.ending.why;
  return state.generation <= state.obsoleteThrough ? 'restart' : null;
}
