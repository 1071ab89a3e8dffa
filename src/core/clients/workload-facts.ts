import type { WorkloadView } from '../ports/workloads.ts';
import type { RefreshMode } from './registration.ts';

/** What clients' entries depend on, of one workload. */
export interface WorkloadFacts {
  readonly name: string;
  readonly group: string;
  readonly refresh: RefreshMode;
  /** Keyless; null while it is served nowhere. */
  readonly url: string | null;
  /**
   * `new`: never ready yet, so nothing to show; `up`: ready; `coming`: its requests are held; `resting`: stopped, ended, failed, or removed
   * by somebody else, until somebody starts it.
   */
  readonly phase: 'new' | 'up' | 'coming' | 'resting';
  /** Of the backend that is up; else of the last one that was begun. */
  readonly generation: number;
}

export function factsOf({ spec, status, url }: WorkloadView): WorkloadFacts {
  const { name, group, clientRefresh = 'auto' } = spec;
  return { name, group, refresh: clientRefresh, url, phase: phaseOf(status), generation: status.backend?.generation ?? status.generation };
}

function phaseOf({ lifecycle, everReady }: WorkloadView['status']): WorkloadFacts['phase'] {
  switch (lifecycle) {
    case 'running':
      return 'up';
    case 'starting':
    case 'restarting':
    case 'backoff':
      return everReady ? 'coming' : 'new';
    default:
      return 'resting';
  }
}
