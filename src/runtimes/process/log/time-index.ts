/** At `at` (ms since the epoch) the log was seen to reach to `offset`. */
export interface TimeSample {
  readonly offset: number;
  readonly at: number;
}

export interface TimeIndex {
  /** Bytes that were written before the first byte of the current file: offsets of a log never start again, although its file does. */
  readonly base: number;
  /** Both fields grow. */
  readonly samples: readonly TimeSample[];
}

/** One line a sample; the first line says where the current file begins. */
export function formatTimeIndex(index: TimeIndex): string {
  return `base ${index.base}\n${index.samples.map(formatSample).join('')}`;
}

export function formatSample(sample: TimeSample): string {
  return `${sample.offset} ${sample.at}\n`;
}

/** Lines that are torn or make no sense are left out: a time less is no harm. */
export function parseTimeIndex(text: string): TimeIndex {
  const base = /^base (\d+)\n/.exec(text)?.[1] ?? '0';
  const samples: TimeSample[] = [];
  for (const [, offset, at] of text.matchAll(/^(\d+) (\d+)\n/gm)) samples.push({ offset: Number(offset), at: Number(at) });
  return { base: Number(base), samples };
}

/** When the byte before `end` had been written, to about a second: the first time that the log was seen to reach there. Null = not seen yet. */
export function timeOf(samples: readonly TimeSample[], end: number): number | null {
  const found = samples[firstIndex(samples, (sample) => sample.offset >= end)];
  return found === undefined ? null : found.at;
}

/** Everything before this offset was written before `since`. */
export function offsetSince(samples: readonly TimeSample[], since: number): number {
  const after = firstIndex(samples, (sample) => sample.at >= since);
  return samples[after - 1]?.offset ?? 0;
}

/** Index of the first sample for which `holds` is true, where it is false up to some point and true from there on. */
function firstIndex(samples: readonly TimeSample[], holds: (sample: TimeSample) => boolean): number {
  let low = 0;
  let high = samples.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const sample = samples[middle];
    if (sample !== undefined && holds(sample)) high = middle;
    else low = middle + 1;
  }
  return low;
}
