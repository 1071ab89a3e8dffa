import type { OutStream } from './out-stream.ts';
import type { SessionRecord } from './record.ts';

/** What a client said it can do, as far as it decides where requests of a server may go. */
export interface ClientAbilities {
  readonly sampling: boolean;
  readonly elicitation: boolean;
  readonly roots: boolean;
  readonly tasks: boolean;
}

/** The backend's side of a session on an HTTP server. */
export type BackendSession = NonNullable<SessionRecord['backend']>;

/** A request of a client as its session knows it. */
export interface SessionRequest {
  readonly idKey: string;
}

/** One legacy-era MCP session of one client. Owned by the gateway; outlives backends and Holdfast's own restarts. */
export class Session {
  readonly id: string;
  readonly workloadId: string;
  readonly initializeParams: string;
  /** Empty while the `initialize` of an isolated session was not answered yet. */
  protocolVersion: string;
  readonly clientKey: string | null;
  readonly createdAt: number;
  initialized: boolean;
  backend: BackendSession | null;
  logLevel: string | null;
  readonly subscriptions: Set<string>;
  primed: { stream: string; requestId: string }[];
  /** As in the journal. */
  workingIn: number | null;
  lastSeenAt: number;
  /** Requests of this client that were not answered yet: an array, since they are few, and come and go (see `PassingSet`). */
  readonly inFlight: SessionRequest[] = [];
  /** The stream of a GET without `Last-Event-ID`; null before the first. */
  standalone: OutStream | null = null;
  /** Streams of POSTs that became event streams, by name. Null while there are none. */
  streams: Map<string, OutStream> | null = null;
  /** The backend that gave out `backend` may have been replaced: a 400 then means that the session is lost. */
  doubted = false;
  /** It was away, parked or with a Holdfast that died: what its subscriptions are about may have changed. Said when its stream opens. */
  missedUpdates = false;
  ended = false;
  private abilitiesRead: ClientAbilities | null = null;

  constructor(record: SessionRecord) {
    this.id = record.id;
    this.workloadId = record.workloadId;
    this.initializeParams = record.initializeParams;
    this.protocolVersion = record.protocolVersion;
    this.clientKey = record.clientKey;
    this.createdAt = record.createdAt;
    this.initialized = record.initialized;
    this.backend = record.backend;
    this.logLevel = record.logLevel;
    this.subscriptions = new Set(record.subscriptions);
    this.primed = [...record.primed];
    this.workingIn = record.workingIn ?? null;
    this.lastSeenAt = record.lastSeenAt;
  }

  get abilities(): ClientAbilities {
    this.abilitiesRead ??= readAbilities(this.initializeParams);
    return this.abilitiesRead;
  }

  /** A request was answered. */
  forget(request: SessionRequest): void {
    const at = this.inFlight.indexOf(request);
    if (at >= 0) this.inFlight.splice(at, 1);
  }

  /** As it goes into the journal. */
  record(): SessionRecord {
    return {
      schema: 1,
      workloadId: this.workloadId,
      id: this.id,
      initializeParams: this.initializeParams,
      protocolVersion: this.protocolVersion,
      initialized: this.initialized,
      backend: this.backend,
      logLevel: this.logLevel,
      subscriptions: [...this.subscriptions],
      clientKey: this.clientKey,
      primed: this.primed,
      workingIn: this.workingIn,
      createdAt: this.createdAt,
      lastSeenAt: this.lastSeenAt,
    };
  }
}

function readAbilities(initializeParams: string): ClientAbilities {
  const params: unknown = JSON.parse(initializeParams);
  const capabilities = isObject(params) && isObject(params['capabilities']) ? params['capabilities'] : {};
  return {
    sampling: isObject(capabilities['sampling']),
    elicitation: isObject(capabilities['elicitation']),
    roots: isObject(capabilities['roots']),
    tasks: isObject(capabilities['tasks']),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
