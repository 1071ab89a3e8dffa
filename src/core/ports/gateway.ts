import type { HoldfastError } from '../errors/holdfast-error.ts';
import type { ExitRecord } from '../workload/exit.ts';
import type { WorkloadSpec } from '../workload/spec.ts';
import type { Endpoint } from './stdio-channel.ts';

/** What the gateway does with requests, by the state of the workload or unit (`sessions.md`, "Errors that Holdfast makes"). */
export type ServingState =
  /** starting, restarting, backoff: requests are held. `nextStartAt`: wall clock ms of the next start when it is known and in the future. */
  | { readonly kind: 'hold'; readonly nextStartAt: number | null }
  /**
   * A generation was attached and is ready. Set by the gateway itself; the control loop says it only of an isolated workload as a whole
   * (unit null): sessions may come, each of which gets a backend of its own.
   */
  | { readonly kind: 'ready' }
  /**
   * failed, runtime unavailable or stopped: initialize and lists from the cache, calls get `error` at once, sessions are kept.
   * `gone`: somebody else removed the container. Then there is nothing at its URL (404) until it is started again.
   */
  | { readonly kind: 'refuse'; readonly error: HoldfastError; readonly gone?: boolean };

/** Why a generation is gone. */
export interface Verdict {
  readonly exit: ExitRecord;
  /** Wall clock ms of the next start, when it is known. */
  readonly nextStartAt: number | null;
}

/** What a handshake learned about a server. */
export interface Handshake {
  /** Negotiated revision, null where none was negotiated (HTTP servers are handshaked by each session). */
  readonly protocolVersion: string | null;
  readonly serverName: string | null;
  readonly serverVersion: string | null;
  /** JSON of the result of `initialize` where the gateway itself asked for it and may need it again: a shared stdio server. */
  readonly result: string | null;
}

export interface GatewayEvents {
  /** Under `--sessions isolated`: session `unit` needs a backend now (first request, or its backend is gone). */
  needBackend(workload: string, unit: string): void;
  /** That session ended or was idle: its backend may go. */
  releaseBackend(workload: string, unit: string): void;
  /** Something in the connection proves that the generation is useless although it lives (stdout closed, endless garbage). */
  connectionLost(workload: string, unit: string | null, generation: number, why: string): void;
  /** Connections to it are refused or broke: it may be gone, or another one. Whoever runs it can be asked. */
  connectionDoubted(workload: string, unit: string | null, generation: number): void;
  /** A client was cut off: a held request of it expired, or its session could not be resumed. `session`: null where it has none. */
  cutOff(workload: string, session: string | null, clientKey: string | null): void;
}

/** The data plane as the control loop sees it. All methods are idempotent; unknown names and old generations are ignored. */
export interface Gateway {
  /**
   * Serves a workload under its name (and its own port). Resolves with the URL. Where its own port is taken it is served at the gateway's
   * alone, and `open` can be called again. @throws HF_PORT_TAKEN (own port only)
   */
  open(spec: WorkloadSpec): Promise<string>;
  /** The spec changed (same id): URL and sessions stay. */
  update(spec: WorkloadSpec): void;
  /** URL of the keyless endpoint, null when the workload is not open or its port is taken. */
  url(workload: string): string | null;
  /**
   * Handshakes a generation and, when it is ready, lets held requests through. At most one generation of a unit is attached: the newest.
   * @param adopted the incarnation was attached before, by this Holdfast or an earlier one: its backend sessions are still good
   * @param handshake of an adopted stdio server: what it answered to `initialize` then, so that it is not asked again; null = not known
   * Rejects when `signal` aborts, or with HF_BAD_ANSWER; retries a server that still boots until then.
   */
  attach(
    workload: string,
    unit: string | null,
    generation: number,
    endpoint: Endpoint,
    options: { adopted: boolean; handshake: string | null; signal: AbortSignal },
  ): Promise<Handshake>;
  /** That generation is gone: what was in flight is repeated, held or failed by the rules; nothing is written to it any more. */
  drop(workload: string, unit: string | null, generation: number, verdict: Verdict): void;
  /** The control loop's view of a unit (null = the shared backend, or the whole workload). */
  state(workload: string, unit: string | null, state: ServingState): void;
  /** Requests delivered to a backend and not yet answered. */
  inFlight(workload: string): number;
  /** Waits until nothing is in flight, at most `ms`. */
  drain(workload: string, ms: number): Promise<void>;
  /** The workload was removed: 404 from now on, sessions forgotten, held requests ended. */
  close(workload: string): Promise<void>;
}
