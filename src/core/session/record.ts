/** A session as it lies in the journal: everything that must survive Holdfast's own death. */
export interface SessionRecord {
  readonly schema: 1;
  readonly workloadId: string;
  /** The id that the client got. The backend's id never leaves Holdfast. */
  readonly id: string;
  /** The client's `initialize` params, as JSON text, replayed exactly. */
  readonly initializeParams: string;
  /** The revision that the client was told. */
  readonly protocolVersion: string;
  /** `notifications/initialized` arrived. */
  readonly initialized: boolean;
  /** The HTTP backend's own session, and the incarnation that gave it out; null = none. */
  readonly backend: { readonly sessionId: string | null; readonly protocolVersion: string; readonly generation: number } | null;
  readonly logLevel: string | null;
  readonly subscriptions: readonly string[];
  /** Key of the registered client whose URL was used, null for the keyless one. */
  readonly clientKey: string | null;
  /** Requests in flight whose stream was primed: after Holdfast's own death a resume of that stream gets a definite error. JSON text of the id. */
  readonly primed: readonly { readonly stream: string; readonly requestId: string }[];
  /** The generation of a shared stdio server that may be working for it, where that may outlive Holdfast; absent or null = none. */
  readonly workingIn?: number | null | undefined;
  readonly createdAt: number;
  readonly lastSeenAt: number;
}
