/** Where the latest line of a session lies. Changes when the journal is compacted. */
export interface Place {
  offset: number;
  /** Bytes, with the newline. */
  readonly length: number;
}

/**
 * What the journal keeps in memory of each live session: its id and where its line lies, nothing of the record. About 200 bytes a session.
 */
export class JournalIndex {
  readonly #workloads = new Map<string, Map<string, Place>>();
  #liveBytes = 0;
  #sessions = 0;

  /** Bytes of all lines that count. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  get sessions(): number {
    return this.#sessions;
  }

  put(workloadId: string, sessionId: string, place: Place): void {
    const sessions = this.#workloads.get(workloadId) ?? new Map<string, Place>();
    this.#workloads.set(workloadId, sessions);
    const before = sessions.get(sessionId);
    if (before === undefined) this.#sessions += 1;
    sessions.set(sessionId, place);
    this.#liveBytes += place.length - (before?.length ?? 0);
  }

  delete(workloadId: string, sessionId: string): void {
    const sessions = this.#workloads.get(workloadId);
    const place = sessions?.get(sessionId);
    if (sessions === undefined || place === undefined) return;
    sessions.delete(sessionId);
    if (sessions.size === 0) this.#workloads.delete(workloadId);
    this.#sessions -= 1;
    this.#liveBytes -= place.length;
  }

  deleteWorkload(workloadId: string): void {
    const sessions = this.#workloads.get(workloadId);
    if (sessions === undefined) return;
    this.#workloads.delete(workloadId);
    this.#sessions -= sessions.size;
    for (const place of sessions.values()) this.#liveBytes -= place.length;
  }

  *entries(): Generator<{ readonly workloadId: string; readonly sessionId: string; readonly place: Place }> {
    for (const [workloadId, sessions] of this.#workloads) {
      for (const [sessionId, place] of sessions) yield { workloadId, sessionId, place };
    }
  }
}
