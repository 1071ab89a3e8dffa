import type { Sink } from './sink.ts';

/** Between two lines of the same kind, where nothing can be updated, ms. */
const PACE_MS = 10_000;
const NARROW = 80;

/**
 * Progress that changes often, as a pull does. On a terminal it is one line that is written over; elsewhere the first, then one now and
 * then, and the last.
 */
export class LiveLine {
  readonly #sink: Sink;
  readonly #updates: boolean;
  readonly #now: () => number;
  #shown = false;
  #pending: string | null = null;
  #last = Number.NEGATIVE_INFINITY;

  /** @param now a monotonic clock, ms */
  constructor(sink: Sink, updates: boolean, now: () => number) {
    this.#sink = sink;
    this.#updates = updates;
    this.#now = now;
  }

  /** @param text one line without control characters; @param paint for the line as it is shown */
  show(text: string, paint: (text: string) => string): void {
    if (this.#updates) {
      const most = Math.max(1, (this.#sink.columns ?? NARROW) - 1);
      const letters = Array.from(text);
      const fitting = letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : text;
      this.#sink.write(`\r\u001b[K${paint(fitting)}`);
      this.#shown = true;
      return;
    }
    this.#pending = paint(text);
    if (this.#now() - this.#last >= PACE_MS) this.end();
  }

  /** Before anything else is written. */
  end(): void {
    if (this.#shown) this.#sink.write('\n');
    this.#shown = false;
    if (this.#pending === null) return;
    this.#sink.write(`${this.#pending}\n`);
    this.#pending = null;
    this.#last = this.#now();
  }
}
