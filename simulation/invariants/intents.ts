/** What the user last asked of a workload, as far as the user can know. */
export interface Intent {
  readonly id: string;
  readonly name: string;
  /** `unknown`: an order was cut short by the daemon's death, or failed; the next daemon says what came of it. */
  desired: 'running' | 'stopped' | 'gone' | 'unknown';
  /** Its removal was begun, at some time: sessions of it may be forgotten. */
  removed: boolean;
  /** The order was carried out and acknowledged: it outlives the daemon. */
  settled: boolean;
  /** Why it rests although it is to run, until the user asks for it; null = it does not. */
  rests: 'removed' | 'stopped' | null;
  /** Monotonic ms. */
  restsSince: number;
}

/** The orders that the user gave. */
export class Intents {
  readonly #byId = new Map<string, Intent>();
  readonly #current = new Map<string, Intent>();

  begin(id: string, name: string): Intent {
    const intent: Intent = { id, name, desired: 'running', removed: false, settled: false, rests: null, restsSince: 0 };
    this.#byId.set(id, intent);
    this.#current.set(name, intent);
    return intent;
  }

  /** The workload that has the name is still the one before. */
  takeBack(name: string, before: Intent | null): void {
    if (before) this.#current.set(name, before);
  }

  current(name: string): Intent | null {
    return this.#current.get(name) ?? null;
  }

  of(id: string): Intent | null {
    return this.#byId.get(id) ?? null;
  }

  all(): Intent[] {
    return [...this.#byId.values()];
  }

  nameOf(id: string): string {
    return this.#byId.get(id)?.name ?? '';
  }

  /** Why no backend of that workload may be started now; null where one may. */
  forbidsStart(id: string): string | null {
    const intent = this.#byId.get(id);
    if (!intent) return 'nobody asked for it';
    if (intent.desired === 'stopped') return 'it was stopped';
    if (intent.desired === 'gone') return 'it was removed';
    return intent.rests === null ? null : `somebody else ${intent.rests} it, and nobody asked for it since`;
  }
}
