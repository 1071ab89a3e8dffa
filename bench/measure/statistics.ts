/** Numbers that a benchmark reports. Every function takes values in any order and leaves them as they are. */

/** The value below which that share (0 to 1) of the values lies, by nearest rank; NaN where there are none. */
export function percentile(values: Iterable<number>, share: number): number {
  const sorted = Float64Array.from(values).toSorted();
  if (sorted.length === 0) return Number.NaN;
  const rank = Math.ceil(share * sorted.length) - 1;
  return sorted[Math.min(sorted.length - 1, Math.max(0, rank))] ?? Number.NaN;
}

/** The middle value; the mean of the two middle ones where their number is even. */
export function median(values: Iterable<number>): number {
  const sorted = Float64Array.from(values).toSorted();
  if (sorted.length === 0) return Number.NaN;
  const upper = sorted.length >> 1;
  const high = sorted[upper] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : (high + (sorted[upper - 1] ?? Number.NaN)) / 2;
}

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Least, middle and greatest value. */
export function spread(values: Iterable<number>): Spread {
  const all = Float64Array.from(values);
  return { min: percentile(all, 0), median: median(all), max: percentile(all, 1) };
}

export interface Summary {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export function summary(values: Iterable<number>): Summary {
  const all = Float64Array.from(values);
  return { p50: percentile(all, 0.5), p95: percentile(all, 0.95), p99: percentile(all, 0.99), max: percentile(all, 1) };
}
