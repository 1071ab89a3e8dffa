/** A session as its client knows it. */
export interface ClientSession {
  readonly id: string;
  readonly workloadId: string;
  readonly version: string;
  /** The client ended it itself. */
  deleted: boolean;
}
