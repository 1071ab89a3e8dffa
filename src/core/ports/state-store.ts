import type { SessionRecord } from '../session/record.ts';
import type { WorkloadSpec } from '../workload/spec.ts';
import type { WorkloadStatus } from '../workload/status.ts';

export interface StoredWorkload {
  readonly spec: WorkloadSpec;
  /** Null where none was written yet, or where it was damaged. */
  readonly status: WorkloadStatus | null;
}

/** Specs and statuses on disk: one folder a workload, written atomically, private, with a schema version. */
export interface StateStore {
  /**
   * Everything readable. A damaged file is set aside (renamed) and named; a newer one throws.
   * @throws HF_STATE_NEWER before anything was touched
   */
  load(): Promise<{ readonly workloads: StoredWorkload[]; readonly setAside: { readonly file: string; readonly why: string }[] }>;
  /** @throws HF_STATE_WRITE; the old state stays readable */
  saveSpec(spec: WorkloadSpec): Promise<void>;
  /** Ignored when the stored spec has another id: a replaced supervisor can write nothing. @throws HF_STATE_WRITE */
  saveStatus(name: string, status: WorkloadStatus): Promise<void>;
  /** Forgets a workload of exactly that id. */
  remove(name: string, id: string): Promise<void>;
}

/** The journal of sessions: append-only, compacted, one for the daemon. A session is in it before its `initialize` is answered. */
export interface SessionJournal {
  /** Sessions that were given out and not ended, by workload id. Torn last lines are dropped. */
  load(): Promise<readonly SessionRecord[]>;
  /** Resolves when it is on disk (written, not necessarily fsynced). Several puts of one turn share one write. */
  put(record: SessionRecord): Promise<void>;
  /** The session ended. */
  delete(workloadId: string, sessionId: string): Promise<void>;
  /** All sessions of a removed workload. */
  deleteWorkload(workloadId: string): Promise<void>;
}
