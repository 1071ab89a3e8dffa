/** What happened, for people and programs: `holdfast events`, the timeline, the tests. */
export interface HoldfastEvent {
  /** Grows by one; gaps never. */
  readonly seq: number;
  /** ms since the epoch. */
  readonly at: number;
  /**
   * `workload.created` `workload.updated` `workload.removed` `backend.starting` `backend.ready` `backend.adopted` `backend.exited` `backend.start-failed`
   * `backend.not-ready` `backend.unhealthy` `workload.backoff` `workload.crash-looping` `workload.failed` `workload.stopping` `workload.stopped`
   * `session.opened` `session.resumed` `session.closed` `session.cut-off` `daemon.started` `daemon.stopping` `state.set-aside` `orphan.killed`
   * `client.registered` `client.removed` `client.entry-written` `client.entry-removed` `client.entry-lost` `client.failed`
   */
  readonly type: string;
  readonly workload: string | null;
  /** One line for people. */
  readonly message: string;
  /** Facts; never secrets. */
  readonly data: Readonly<Record<string, unknown>>;
}

export interface EventLog {
  append(event: Omit<HoldfastEvent, 'seq' | 'at'>): void;
  /** Kept events after `seq` (exclusive), oldest first. */
  since(seq: number): Promise<readonly HoldfastEvent[]>;
  /** Calls back with each new one; the answer ends it. */
  follow(callback: (event: HoldfastEvent) => void): () => void;
}
