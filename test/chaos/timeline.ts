import type { HoldfastEvent } from '../../src/api/contract/streams.ts';
import { now } from './call.ts';

/** What was done, and when: printed where a run fails. */
export class Timeline {
  readonly #lines: { readonly at: number; readonly text: string }[] = [];
  readonly #counts = new Map<string, number>();

  note(text: string): void {
    this.#lines.push({ at: now(), text });
  }

  count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  /** How often what was counted happened. */
  counts(): string {
    return [...this.#counts].map(([what, times]) => `${times} × ${what}`).join(', ');
  }

  /** With what Holdfast said, in the order in which it happened. */
  text(events: readonly HoldfastEvent[]): string {
    const said = events.map(({ at, type, workload, message }) => ({
      at: Date.parse(at),
      text: `    ${type} ${workload ?? ''}: ${message}`,
    }));
    return [...this.#lines, ...said]
      .toSorted((one, other) => one.at - other.at)
      .map(({ at, text }) => `${new Date(at).toISOString().slice(11, 23)} ${text}`)
      .join('\n');
  }
}
