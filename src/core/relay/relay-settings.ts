import type { WorkloadSpec } from '../workload/spec.ts';
import type { LaneSettings } from './lane-effects.ts';

/** How a workload's spec reads to its relay. */
export interface RelaySettings extends LaneSettings {
  readonly id: string;
  readonly way: 'stdio-shared' | 'stdio-isolated' | 'http';
  /** Its server may live on when Holdfast dies. */
  readonly mayOutlive: boolean;
  readonly maxSessions: number;
  readonly sessionTtlMs: number;
}

export function relaySettings(spec: WorkloadSpec): RelaySettings {
  return {
    id: spec.id,
    workload: spec.name,
    way: spec.transport !== 'stdio' ? 'http' : spec.sessions === 'isolated' ? 'stdio-isolated' : 'stdio-shared',
    mayOutlive: spec.runtime !== 'process',
    holdMs: spec.holdMs,
    requestTimeoutMs: spec.requestTimeoutMs,
    errorLogLines: spec.errorLogLines,
    repeat: spec.repeat,
    maxSessions: spec.maxSessions,
    sessionTtlMs: spec.sessionTtlMs,
  };
}
