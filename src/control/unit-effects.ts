import type { Clock } from '../core/ports/clock.ts';
import type { Gateway, ServingState } from '../core/ports/gateway.ts';
import type { Log } from '../core/ports/log.ts';
import type { Backend, Runtime } from '../core/ports/runtime.ts';
import type { UnitEvent } from '../core/supervisor/event.ts';
import type { UnitState } from '../core/supervisor/unit.ts';
import type { WorkloadSpec } from '../core/workload/spec.ts';
import type { StartLane } from './start-lane.ts';

/** What the workload lends to its units. */
export interface UnitHost {
  /** The newest spec. */
  readonly spec: WorkloadSpec;
  readonly clock: Clock;
  readonly log: Log;
  readonly lane: StartLane;
  readonly gateway: Gateway;
  /** @throws HF_UNSUPPORTED where this build or machine has no such runtime */
  readonly runtime: Runtime;
  /**
   * Generations that live or are being started, of all units. The same set for as long as the workload exists, so that a sweep that takes
   * a while sees what was begun meanwhile.
   */
  readonly living: Set<number>;
  /** Resolves when what has to be done outside before a start is done; null = nothing has to be. Never rejects. */
  beforeRestart(): Promise<void> | null;
  /** Tells the gateway what to do with the requests of a unit. */
  serve(unit: string | null, serving: ServingState): void;
  /** Removes everything that is kept for the workload. */
  forget(): Promise<void>;
}

/** What an executor works with. Executors decide nothing: they do one thing and post what came of it. */
export interface UnitEffects {
  readonly unit: string | null;
  readonly host: UnitHost;
  readonly state: UnitState;
  /** Ignored once the unit's workload was forgotten. */
  post(event: UnitEvent): void;
  /** The living backend. */
  backend: Backend | null;
  /** Calls the start off that is under way. */
  starting: AbortController | null;
  /** Ends the handshake that is under way. */
  handshaking: AbortController | null;
}
