import type { WatchedRun } from './watched-run.ts';

/** What is remembered of the container of one workload, or of one session, while this daemon lives. */
export interface KnownContainer {
  readonly workloadId: string;
  readonly workload: string;
  readonly unit: string | null;
  readonly containerId: string;
  /** Its engine, where that has a name: another one at the same address says nothing about it. */
  readonly engineId: string | null;
  /** Of the last run that was seen; null = none yet. */
  startedAt: string | null;
  /** The run that is watched over. */
  run: WatchedRun | null;
  /** The engine is still about to stop it, also when its end was seen already: a start meanwhile would be stopped as well. */
  stopping: Promise<void> | null;
  /** A start or an adoption is under way: what the engine tells meanwhile is our own doing. */
  busy: boolean;
  /** Monotonic ms of the last end that was seen. */
  endedAt: number | null;
  /** Monotonic ms at which its own engine last told of an end or of its removal. */
  toldAt: number | null;
}

/** The containers that Holdfast has had to do with since the daemon started. One that is gone is forgotten. */
export class KnownContainers {
  readonly #byOwner = new Map<string, KnownContainer>();
  readonly #byId = new Map<string, KnownContainer>();
  /** Ids that Holdfast itself removes. */
  readonly #leaving = new Set<string>();

  of(workloadId: string, unit: string | null): KnownContainer | undefined {
    return this.#byOwner.get(key(workloadId, unit));
  }

  byId(containerId: string): KnownContainer | undefined {
    return this.#byId.get(containerId);
  }

  all(): KnownContainer[] {
    return [...this.#byOwner.values()];
  }

  ofWorkload(workloadId: string): KnownContainer[] {
    return this.all().filter((known) => known.workloadId === workloadId);
  }

  /** Remembers it; what was known of another container of the same owner is dropped. */
  remember(of: Pick<KnownContainer, 'workloadId' | 'workload' | 'unit' | 'containerId' | 'engineId'>): KnownContainer {
    const present = this.of(of.workloadId, of.unit);
    if (present?.containerId === of.containerId) return present;
    if (present) this.forget(present);
    const known: KnownContainer = { ...of, startedAt: null, run: null, stopping: null, busy: false, endedAt: null, toldAt: null };
    this.#byOwner.set(key(of.workloadId, of.unit), known);
    this.#byId.set(of.containerId, known);
    return known;
  }

  forget(known: KnownContainer): void {
    if (this.of(known.workloadId, known.unit) === known) this.#byOwner.delete(key(known.workloadId, known.unit));
    this.#byId.delete(known.containerId);
  }

  /** It is removed by Holdfast: its end is no news. */
  leave(containerId: string): void {
    this.#leaving.add(containerId);
  }

  /** @returns whether Holdfast removed it; asked once, when it is gone */
  left(containerId: string): boolean {
    return this.#leaving.delete(containerId);
  }
}

function key(workloadId: string, unit: string | null): string {
  return `${workloadId}\n${unit ?? ''}`;
}
