/** Shorter values are not searched for: they would be found everywhere. */
export const SHORTEST = 4;

/** A part of a text: from `start` to `end` (exclusive). */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Size of the table of beginnings, a power of two. */
const SLOTS = 1 << 16;

/**
 * Finds many fixed strings in a text at once. A position is looked at closely only where its first four characters hash to those of a
 * wanted string, so the cost grows with the text and hardly with the number of strings.
 */
export class SecretSearch {
  readonly #beginnings = new Uint8Array(SLOTS);
  readonly #bySlot = new Map<number, string[]>();

  /** Each at least `SHORTEST` characters long. */
  constructor(wanted: Iterable<string>) {
    for (const value of wanted) {
      const slot = slotAt(value, 0);
      this.#beginnings[slot] = 1;
      const others = this.#bySlot.get(slot) ?? [];
      this.#bySlot.set(slot, others);
      others.push(value);
    }
    for (const values of this.#bySlot.values()) values.sort((a, b) => b.length - a.length);
  }

  /** All places that hold a wanted string, in order; those that touch or overlap are one. */
  find(text: string): Range[] {
    const ranges: Range[] = [];
    for (let at = 0; at + SHORTEST <= text.length; at += 1) {
      const slot = slotAt(text, at);
      if (this.#beginnings[slot] !== 1) continue;
      const value = this.#bySlot.get(slot)?.find((candidate) => text.startsWith(candidate, at));
      if (value !== undefined) extend(ranges, at, at + value.length);
    }
    return ranges;
  }
}

function extend(ranges: Range[], start: number, end: number): void {
  const last = ranges.at(-1);
  if (last === undefined || start > last.end) ranges.push({ start, end });
  else if (end > last.end) ranges[ranges.length - 1] = { start: last.start, end };
}

function slotAt(text: string, at: number): number {
  let hash = text.charCodeAt(at);
  for (let next = at + 1; next < at + SHORTEST; next += 1) hash = Math.imul(hash, 31) + text.charCodeAt(next);
  return (hash ^ (hash >>> 16)) & (SLOTS - 1);
}
