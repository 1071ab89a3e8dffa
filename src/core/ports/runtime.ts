import type { ExitCause } from '../workload/exit.ts';
import type { Incarnation } from '../workload/incarnation.ts';
import type { RuntimeKind, WorkloadSpec } from '../workload/spec.ts';
import type { Endpoint } from './stdio-channel.ts';

/** How an incarnation ended, as the runtime knows it (the supervisor adds times and generation). */
export interface ObservedExit {
  /** `exited`, `signalled`, `oom`, `lost` or `unknown`; whether Holdfast meant it is known above. */
  readonly cause: ExitCause;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly oom: boolean;
}

/** One incarnation of a workload's server, alive or just dead. */
export interface Backend {
  readonly incarnation: Incarnation;
  readonly generation: number;
  readonly endpoint: Endpoint;
  /** Resolves once: the process is dead and its stdout was drained (to EOF or 250 ms). Never rejects. */
  readonly exited: Promise<ObservedExit>;
  /**
   * Ends it in stages: end of stdin, SIGTERM, SIGKILL of the whole tree; at most about `graceMs` + 2 s. Idempotent.
   * Resolves when nothing of its tree is left.
   */
  stop(graceMs: number): Promise<void>;
  /** Last lines of its log that were written by this incarnation, oldest first, at most `count`, each at most 2,000 characters. */
  lastLines(count: number): Promise<string[]>;
}

export interface StartOrder {
  readonly spec: WorkloadSpec;
  readonly generation: number;
  /** Distinguishes the processes of one workload under `--sessions isolated`; null for the shared one. */
  readonly unit: string | null;
  readonly signal: AbortSignal;
}

/**
 * Where backends run. Implementations are adapters; they speak only our own types.
 * Errors that cannot get better by themselves carry the codes HF_COMMAND_NOT_FOUND, HF_COMMAND_NOT_EXECUTABLE, HF_BAD_SPEC, HF_PORT_TAKEN;
 * HF_SPAWN_FAILED may get better and is retried by the restart policy.
 */
export interface Runtime {
  readonly kind: RuntimeKind;
  readonly capabilities: {
    /** A stdio server survives Holdfast's own death and can be attached again. */
    readonly stdioReattach: boolean;
  };
  /** Starts one incarnation. Rejects with a HoldfastError and leaves nothing behind, or resolves with a running backend. */
  start(order: StartOrder): Promise<Backend>;
  /** The backend of that record if exactly that incarnation still runs and can be reached, else null (its remains are left to `sweep`). */
  adopt(spec: WorkloadSpec, incarnation: Incarnation, generation: number): Promise<Backend | null>;
  /**
   * How a generation ended while no Holdfast watched, where something wrote that down; null = nobody knows. Asked before `sweep`,
   * which forgets it.
   */
  recordedExit?(workload: string, generation: number): Promise<ObservedExit | null>;
  /**
   * Kills every process that carries this instance's marker for the workload and another generation than `keep`
   * (null = all of them). Resolves with how many were found. Called before each start, at adoption and after a stop.
   */
  sweep(workload: { readonly id: string; readonly name: string }, keep: ReadonlySet<number> | null): Promise<number>;
  /** Removes what the runtime keeps for a workload: logs, folders, networks. */
  forget(spec: WorkloadSpec): Promise<void>;
}
