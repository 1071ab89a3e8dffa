import { asHoldfastError, type HoldfastError } from '../core/errors/holdfast-error.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { StateStore } from '../core/ports/state-store.ts';
import type { WorkloadSpec } from '../core/workload/spec.ts';
import type { WorkloadStatus } from '../core/workload/status.ts';

const RETRY_MS = 5_000;

/**
 * What of one workload is on disk. Writes follow one another; statuses that pile up behind a slow one become a single write. Supervision
 * never waits for a status: when it cannot be written, that is logged once, shown, and tried again.
 */
export class Records {
  readonly #store: StateStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #onTrouble: () => void;
  #tail: Promise<void> = Promise.resolve();
  #status: WorkloadStatus | null = null;
  #spec: WorkloadSpec | null = null;
  #queued = false;
  #closed = false;
  #cancelRetry: (() => void) | null = null;
  /** Why the last write failed; null when all is well. */
  trouble: HoldfastError | null = null;

  /** @param onTrouble called when `trouble` changed */
  constructor(store: StateStore, clock: Clock, log: Log, onTrouble: () => void) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#onTrouble = onTrouble;
  }

  /** Writes soon. */
  saveStatus(status: WorkloadStatus, name: string): void {
    if (this.#closed) return;
    this.#status = status;
    this.#flushSoon(name);
  }

  /** Resolves when it is on disk. @throws HF_STATE_WRITE; it is tried again in the background, unless a newer one comes */
  async saveSpec(spec: WorkloadSpec): Promise<void> {
    if (this.#closed) return;
    this.#spec = spec;
    await this.#enqueue(() => this.#writeSpec(), spec.name);
  }

  /** Takes the place of a spec that could not be written: what was not accepted must not reach the disk later. */
  retract(spec: WorkloadSpec): void {
    // Tried again until it is written, and told where the first one failed.
    this.saveSpec(spec).catch(() => undefined);
  }

  /** Resolves when everything was tried. */
  async flush(): Promise<void> {
    // Failures were told where they happened.
    await this.#tail.catch(() => undefined);
  }

  /** The last word: nothing is written for this workload afterwards. @throws HF_STATE_WRITE */
  async remove(name: string, id: string): Promise<void> {
    this.#closed = true;
    this.#cancelRetry?.();
    this.#status = null;
    this.#spec = null;
    await this.flush();
    await this.#store.remove(name, id);
  }

  /** No more writes. */
  close(): void {
    this.#closed = true;
    this.#cancelRetry?.();
  }

  #flushSoon(name: string): void {
    if (this.#queued) return;
    this.#queued = true;
    this.#enqueue(async () => {
      this.#queued = false;
      await this.#writeSpec();
      const status = this.#status;
      if (!status) return;
      this.#status = null;
      try {
        await this.#store.saveStatus(name, status);
      } catch (error) {
        this.#status ??= status;
        throw error;
      }
    }, name).catch(() => undefined);
  }

  async #writeSpec(): Promise<void> {
    const spec = this.#spec;
    if (!spec) return;
    await this.#store.saveSpec(spec);
    if (this.#spec === spec) this.#spec = null;
  }

  #enqueue(write: () => Promise<void>, name: string): Promise<void> {
    const done = this.#tail.catch(() => undefined).then(write);
    this.#tail = done.then(
      () => this.#settle(null),
      (thrown: unknown) => {
        const error = asHoldfastError(thrown);
        if (!this.trouble) this.#log.error('state cannot be written; supervision goes on', { error: error.message });
        this.#settle(error);
        this.#retryLater(name);
      },
    );
    return done;
  }

  #settle(error: HoldfastError | null): void {
    const before = this.trouble;
    this.trouble = error;
    if ((before === null) !== (error === null)) this.#onTrouble();
  }

  #retryLater(name: string): void {
    if (this.#closed || this.#cancelRetry) return;
    this.#cancelRetry = this.#clock.after(RETRY_MS, () => {
      this.#cancelRetry = null;
      this.#flushSoon(name);
    });
  }
}
