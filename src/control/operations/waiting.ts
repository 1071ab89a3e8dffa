import { asHoldfastError, HoldfastError } from '../../core/errors/holdfast-error.ts';

/** What an operation wants in the end. One of another family overtakes those that still wait; of the same family all wait together. */
export type Family = 'up' | 'down' | 'gone';

interface Waiter {
  /** Null: waits for a state, wants nothing, is never overtaken. */
  readonly family: Family | null;
  /** True when settled. */
  check(): boolean;
  reject(error: HoldfastError): void;
}

/** An operation that was asked for and may be overtaken. */
export interface Operation {
  /** @throws HF_CANCELLED when a later operation overtook this one */
  check(): void;
  /** Resolves with the first answer of `look` that is not undefined; rejects with what it throws, or with HF_CANCELLED. */
  until<T>(look: () => T | undefined): Promise<T>;
}

/** The operations that wait for one workload. */
export class Operations {
  readonly #name: string;
  readonly #waiting = new Set<Waiter>();
  #family: Family | null = null;
  #turn = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** The newest operation. Those of another family that still wait are rejected with HF_CANCELLED. */
  begin(family: Family): Operation {
    if (this.#family !== family) this.#turn += 1;
    this.#family = family;
    for (const waiter of this.#waiting) {
      if (waiter.family === null || waiter.family === family) continue;
      this.#waiting.delete(waiter);
      waiter.reject(this.#overtaken(family));
    }
    const turn = this.#turn;
    const check = (): void => {
      if (turn !== this.#turn) throw this.#overtaken(this.#family);
    };
    return { check, until: (look) => this.#until(family, check, look) };
  }

  /** Resolves when `reached` says so, whatever is asked for meanwhile. */
  settled(reached: () => boolean): Promise<void> {
    if (reached()) return Promise.resolve();
    return new Promise((resolve) => {
      const check = (): boolean => {
        if (!reached()) return false;
        resolve();
        return true;
      };
      this.#waiting.add({ family: null, reject: () => undefined, check });
    });
  }

  /** Something changed: those whose wait is over go on. */
  changed(): void {
    for (const waiter of this.#waiting) if (waiter.check()) this.#waiting.delete(waiter);
  }

  /** Nobody will be served any more. */
  rejectAll(error: HoldfastError): void {
    for (const waiter of this.#waiting) {
      if (waiter.family === null) continue;
      this.#waiting.delete(waiter);
      waiter.reject(error);
    }
  }

  async #until<T>(family: Family, check: () => void, look: () => T | undefined): Promise<T> {
    check();
    const now = look();
    if (now !== undefined) return now;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.add({
        family,
        reject,
        check: () => {
          try {
            const answer = look();
            if (answer !== undefined) resolve(answer);
            return answer !== undefined;
          } catch (error) {
            reject(asHoldfastError(error));
            return true;
          }
        },
      });
    });
  }

  #overtaken(family: Family | null): HoldfastError {
    const by = family === 'down' ? 'a stop' : family === 'gone' ? 'a removal' : 'a start';
    return new HoldfastError('HF_CANCELLED', { what: `The operation on ${this.#name} was overtaken by ${by}` });
  }
}
