import type { Container } from './container.ts';
import type { ContainerBackend } from './container-backend.ts';

/** What one daemon remembers of the container of a workload, or of a session. */
export interface Known {
  readonly workloadId: string;
  readonly unit: string | null;
  readonly container: Container;
  /** The last run that this daemon saw; null = none yet. */
  startedAt: string | null;
  run: ContainerBackend | null;
  /** A start or an adoption is under way: what the engine tells meanwhile is its own doing. */
  busy: boolean;
  /** Monotonic ms of the last end. */
  endedAt: number | null;
}

/** The containers that one daemon has had to do with. */
export class KnownContainers {
  readonly #byOwner = new Map<string, Known>();

  of(workloadId: string, unit: string | null): Known | null {
    return this.#byOwner.get(key(workloadId, unit)) ?? null;
  }

  by(container: Container): Known | null {
    return this.all().find((known) => known.container === container) ?? null;
  }

  all(): Known[] {
    return [...this.#byOwner.values()];
  }

  remember(workloadId: string, unit: string | null, container: Container): Known {
    const present = this.of(workloadId, unit);
    if (present?.container === container) return present;
    const known: Known = { workloadId, unit, container, startedAt: null, run: null, busy: false, endedAt: null };
    this.#byOwner.set(key(workloadId, unit), known);
    return known;
  }

  forget(known: Known): void {
    if (this.of(known.workloadId, known.unit) === known) this.#byOwner.delete(key(known.workloadId, known.unit));
  }
}

function key(workloadId: string, unit: string | null): string {
  return `${workloadId}\n${unit ?? ''}`;
}
