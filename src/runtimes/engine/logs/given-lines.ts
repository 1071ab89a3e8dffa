/** The lines of stdout and stderr are told a little out of order, ms. */
const OUT_OF_ORDER_MS = 2_000;

/** Which lines of a log were given already, so that reading can go on after a break and give each line once. Times are ms since the epoch. */
export class GivenLines {
  readonly #from: number | null;
  readonly #counts = new Map<number, number>();
  #newest: number | null = null;

  /** @param from earlier lines are not wanted; null = all are */
  constructor(from: number | null) {
    this.#from = from;
  }

  /** The time that the next reading asks for; null = from the beginning. */
  get since(): number | null {
    if (this.#newest === null) return this.#from;
    return Math.max(this.#newest - OUT_OF_ORDER_MS, this.#from ?? 0);
  }

  /** Begins a reading: the answer tells of each line in turn whether it is to be given. A line without a time always is. */
  reading(): (at: number | null) => boolean {
    const left = new Map(this.#counts);
    const { since } = this;
    return (at) => {
      if (at === null) return true;
      if (since !== null && at < since) return false;
      const count = left.get(at) ?? 0;
      if (count > 0) left.set(at, count - 1);
      return count === 0;
    };
  }

  give(at: number | null): void {
    if (at === null) return;
    this.#counts.set(at, (this.#counts.get(at) ?? 0) + 1);
    if (this.#newest !== null && at <= this.#newest) return;
    this.#newest = at;
    for (const each of this.#counts.keys()) if (each < at - OUT_OF_ORDER_MS) this.#counts.delete(each);
  }
}
