import type { ExitCause } from '../workload/exit.ts';
import type { Incarnation } from '../workload/incarnation.ts';
import type { RuntimeKind, WorkloadSpec } from '../workload/spec.ts';
import type { Endpoint } from './stdio-channel.ts';

/** How an incarnation ended, as the runtime knows it (the supervisor adds times and generation). */
export interface ObservedExit {
  /** `exited`, `signalled`, `oom`, `lost`, `removed`, `engine` or `unknown`; whether Holdfast meant it is known above. */
  readonly cause: ExitCause;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly oom: boolean;
  readonly memoryLimit?: number | undefined;
  readonly byOther?: boolean | undefined;
  /**
   * Only the connection was lost (cause `lost`, or `engine` while the engine is away): `adopt` is asked next for the same incarnation, and
   * says what became of it. The channel of this backend emits nothing more.
   */
  readonly livesOn?: boolean | undefined;
}

/** What is to be said of a backend that lives, beside that it lives. */
export type Condition =
  | { readonly kind: 'fine' }
  /** Somebody paused it: it answers nothing until it is resumed, and that is nobody's fault. */
  | { readonly kind: 'paused' }
  /** Its runtime does not answer. Nothing is concluded; the backend may well serve on. */
  | { readonly kind: 'unreachable'; readonly why: string };

/** One incarnation of a workload's server, alive or just dead. */
export interface Backend {
  readonly incarnation: Incarnation;
  readonly generation: number;
  readonly endpoint: Endpoint;
  /** Resolves once: the process is dead and its stdout was drained (to EOF or 250 ms). Never rejects. */
  readonly exited: Promise<ObservedExit>;
  /** It was started by somebody else after the last one ended, and taken over as it ran. */
  readonly startedByOther?: boolean;
  /** Connections to it are refused or broke: the runtime looks whether it still lives, and says so by `exited` where it does not. */
  doubt?(): void;
  /** Calls back with every change of its condition, which is `fine` at first. Called once, right after the backend was had. */
  observe?(listener: (condition: Condition) => void): void;
  /**
   * Ends it in stages: end of stdin, SIGTERM, SIGKILL of the whole tree; at most about `graceMs` + 2 s. Idempotent.
   * Resolves when nothing of its tree is left.
   */
  stop(graceMs: number): Promise<void>;
  /**
   * Last lines of its log that were written by this incarnation, oldest first, at most `count`, each at most 2,000 characters.
   * @param patient where there are none, they are waited for a moment: a log may trail the end of a server that says why it cannot start
   */
  lastLines(count: number, patient?: boolean): Promise<string[]>;
}

export interface StartOrder {
  readonly spec: WorkloadSpec;
  readonly generation: number;
  /** Distinguishes the processes of one workload under `--sessions isolated`; null for the shared one. */
  readonly unit: string | null;
  readonly signal: AbortSignal;
}

/** What a runtime tells about a workload, unasked. `unit`: as in `StartOrder`. */
export interface WorkloadNews {
  /** Somebody else started what had ended: a `start` now takes it over as it runs. */
  appeared(unit: string | null): void;
  /** Somebody else removed what was stopped or about to be started again. A backend that lived says so itself, by its exit. */
  removed(unit: string | null): void;
  /** The runtime does not answer. `since`: wall clock ms when it was lost. Told again while that is so. */
  lost(since: number): void;
  /** The runtime answers again. `since`: wall clock ms when it was lost. What lived through it was looked at before. */
  back(since: number): void;
}

/**
 * Where backends run. Implementations are adapters; they speak only our own types.
 * Errors that cannot get better by themselves carry the codes HF_COMMAND_NOT_FOUND, HF_COMMAND_NOT_EXECUTABLE, HF_BAD_SPEC, HF_PORT_TAKEN;
 * HF_SPAWN_FAILED may get better and is retried by the restart policy; HF_RUNTIME_UNAVAILABLE is retried for ever and costs no attempt.
 * HF_REMOVED_OUTSIDE says that somebody else removed what was to be started: it is not made anew before somebody asks for it.
 */
export interface Runtime {
  readonly kind: RuntimeKind;
  readonly capabilities: {
    /** A stdio server survives Holdfast's own death and can be attached again. */
    readonly stdioReattach: boolean;
  };
  /**
   * Starts one incarnation. Rejects with a HoldfastError and leaves nothing behind, or resolves with a running backend. Where a container
   * of the same spec is there it is started again; where somebody else did that already it is taken over. A stdio server that runs and may
   * have been initialized (by an earlier daemon, or on a connection that was lost) is ended first: it can be initialized once only.
   */
  start(order: StartOrder): Promise<Backend>;
  /**
   * The backend of that record if exactly that incarnation still runs and can be reached, else null (its remains are left to `sweep`).
   * @throws HF_RUNTIME_UNAVAILABLE where that cannot be found out now, HF_REMOVED_OUTSIDE
   */
  adopt(spec: WorkloadSpec, incarnation: Incarnation, generation: number): Promise<Backend | null>;
  /**
   * How a generation ended while no Holdfast watched, where something wrote that down; null = nobody knows. Asked before `sweep`,
   * which forgets it.
   */
  recordedExit?(workload: string, generation: number): Promise<ObservedExit | null>;
  /**
   * Ends everything that carries this instance's marker for the workload and another generation than `keep`
   * (null = all of them): a process is killed, a container stopped as its spec says. Resolves with how many were found. Called before each start, at adoption and after a stop.
   */
  sweep(workload: Pick<WorkloadSpec, 'id' | 'name' | 'stopTimeoutMs'>, keep: ReadonlySet<number> | null): Promise<number>;
  /**
   * Removes what the runtime keeps for a workload: containers, logs, folders, networks.
   * @param neverReady its first start failed: also volumes that were made for it, which are its user's otherwise
   */
  forget(spec: WorkloadSpec, neverReady?: boolean): Promise<void>;
  /** Tells what happens to a workload's backends from outside, until the answer is called. */
  watch?(workload: { readonly id: string; readonly name: string }, news: WorkloadNews): () => void;
}

/** The runtimes of a daemon. A workload is bound to one of them, and to one engine, by its spec. */
export interface Runtimes {
  /** The same object for the same engine. @throws HF_UNSUPPORTED where this build or machine has no such runtime */
  of(spec: Pick<WorkloadSpec, 'runtime' | 'container'>): Runtime;
}
