import type { WorkloadSpec } from '../workload/spec.ts';
import type { WorkloadStatus } from '../workload/status.ts';
import type { Progress } from './progress.ts';

/** A workload as everything above the control loops sees it. Reading one never writes anything. */
export interface WorkloadView {
  readonly spec: WorkloadSpec;
  readonly status: WorkloadStatus;
  /** Keyless URL, e.g. `http://127.0.0.1:7420/memory/mcp`; null when the gateway does not listen. */
  readonly url: string | null;
  readonly port: number | null;
}

/**
 * All workloads of this daemon, each under one control loop. Operations on one name are serialised by its loop; a later one that wants
 * something else (up, down, gone) overtakes an earlier one that still waits (which then rejects with HF_CANCELLED); of one kind all wait
 * together. An operation that waits for ready rejects when the first attempt fails, although the restart policy goes on trying.
 * While a workload is being removed, all but `remove` and `create` (which waits for the name) reject with HF_WORKLOAD_UNKNOWN.
 */
export interface Workloads {
  /** Sorted by name. */
  list(): readonly WorkloadView[];
  find(name: string): WorkloadView | null;
  /** @throws HF_WORKLOAD_UNKNOWN */
  get(name: string): WorkloadView;
  /**
   * Takes a workload under supervision and starts it; resolves when it is ready. One attempt: a failure (HF_START_FAILED, HF_NOT_READY,
   * HF_COMMAND_NOT_FOUND, HF_PORT_TAKEN, …) removes everything that it made. @throws HF_NAME_TAKEN
   */
  create(spec: WorkloadSpec, progress: Progress): Promise<WorkloadView>;
  /** Replaces the spec (same id and name); restarts the backend if `restart` and it should run. Resolves when ready again. */
  update(name: string, spec: WorkloadSpec, restart: boolean, progress: Progress): Promise<WorkloadView>;
  /** desired = running, ladder reset; resolves when ready. Already running: resolves at once. */
  start(name: string, progress: Progress): Promise<WorkloadView>;
  /** desired = stopped; resolves when nothing of it runs. Idempotent. @throws HF_STATE_WRITE when it is stopped, but that could not be written down (it is tried again) */
  stop(name: string, progress: Progress, graceMs?: number): Promise<WorkloadView>;
  /** Stop and start with the hold: requests wait meanwhile. */
  restart(name: string, progress: Progress): Promise<WorkloadView>;
  /** Stops, then forgets everything: processes, logs, sessions, state. */
  remove(name: string, progress: Progress): Promise<void>;
  /** Calls back at every change of any view; the answer ends it. */
  watch(callback: (name: string, view: WorkloadView | null) => void): () => void;
}
