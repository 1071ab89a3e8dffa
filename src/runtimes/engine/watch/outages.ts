/** An engine that goes takes servers with it before anybody hears that it went, ms. */
const EARLY_MS = 2_000;
/** How many are remembered. */
const KEPT = 50;

/** When an engine was away, by the wall clock. What ended meanwhile did not end by itself. */
export class Outages {
  readonly #past: { readonly from: number; readonly to: number }[] = [];
  #since: number | null = null;

  /** ms since the epoch at which it went; null while it answers. */
  get since(): number | null {
    return this.#since;
  }

  begin(at: number): void {
    this.#since ??= at;
  }

  /** @returns when it had begun; null where none was under way */
  end(at: number): number | null {
    const from = this.#since;
    if (from === null) return null;
    this.#since = null;
    this.#past.push({ from, to: at });
    if (this.#past.length > KEPT) this.#past.shift();
    return from;
  }

  covers(at: number): boolean {
    if (this.#since !== null && at >= this.#since - EARLY_MS) return true;
    return this.#past.some(({ from, to }) => at >= from - EARLY_MS && at <= to);
  }
}
