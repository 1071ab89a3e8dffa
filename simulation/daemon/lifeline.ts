/**
 * The thread by which one daemon hangs. A dead daemon has no effect on the world and hears nothing of it, also where death comes in the
 * middle of what it was doing.
 */
export class Lifeline {
  #dead = false;
  #fuse: number | null = null;
  readonly #onDeath: () => void;

  /** @param onDeath called when the fuse burned down, in the middle of an effect */
  constructor(onDeath: () => void) {
    this.#onDeath = onDeath;
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** Death comes with the n-th effect from now on, which does not happen; null = it does not come after all. */
  light(effects: number | null): void {
    this.#fuse = effects;
  }

  cut(): void {
    this.#dead = true;
  }

  /** The daemon is about to have an effect. False: it died before that. */
  act(): boolean {
    if (this.#dead) return false;
    if (this.#fuse === null) return true;
    this.#fuse -= 1;
    if (this.#fuse > 0) return true;
    this.#dead = true;
    this.#onDeath();
    return false;
  }

  /** The callback, silent after death. */
  hears<Args extends unknown[]>(callback: (...args: Args) => void): (...args: Args) => void {
    return (...args) => {
      if (!this.#dead) callback(...args);
    };
  }

  /** A promise that is never settled after death. */
  promise<T>(start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => start(this.hears(resolve), this.hears(reject)));
  }
}
