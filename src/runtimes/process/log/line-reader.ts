import type { LogLine, LogQuery } from '../../../core/ports/log-reader.ts';
import type { ServerLog } from './server-log.ts';
import { offsetSince, type TimeSample, timeOf } from './time-index.ts';

const BLOCK = 64 * 1024;
/** Longest line, in bytes; a longer one is shown as several. */
const LINE_MAX = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * Lines of one log, oldest first. A file says nothing about times, so a line has the time of the first look that saw it (about a second off);
 * what no look has seen yet has none, and what is followed has the time at which it was read.
 * @param now ms since the epoch
 */
export async function* readLines(log: ServerLog, query: LogQuery, now: () => number): AsyncGenerator<LogLine> {
  const letGo = query.follow ? log.hold() : () => {};
  try {
    const samples = await log.samples();
    const { end } = await log.extent();
    let at = await startOf(log, query, samples);
    let line: Buffer = Buffer.alloc(0);
    while (!query.signal.aborted) {
      const { offset, bytes } = await log.read(at, BLOCK);
      // Rotated away while it was read: what is left of the line before the gap is a line.
      if (offset > at && line.length > 0) {
        yield { at: null, line: line.toString('utf8') };
        line = Buffer.alloc(0);
      }
      at = offset;
      let from = 0;
      while (from < bytes.length) {
        const newline = bytes.indexOf(NEWLINE, from);
        const to = newline < 0 ? bytes.length : newline;
        line = line.length === 0 ? bytes.subarray(from, to) : Buffer.concat([line, bytes.subarray(from, to)]);
        from = to + 1;
        if (newline < 0 && line.length < LINE_MAX) break;
        const seen = at + Math.min(from, bytes.length);
        yield { at: seen > end ? now() : timeOf(samples, seen), line: line.toString('utf8') };
        line = Buffer.alloc(0);
      }
      at = offset + bytes.length;
      if (bytes.length > 0) continue;
      if (!query.follow) break;
      await growth(log, at, query.signal);
    }
    if (!query.follow && line.length > 0) yield { at: null, line: line.toString('utf8') };
  } finally {
    letGo();
  }
}

/** Waits until there is something behind `at`. */
async function growth(log: ServerLog, at: number, signal: AbortSignal): Promise<void> {
  // Asked for before the look, or a growth between the two would go unheard.
  const change = log.changed(signal);
  const { end } = await log.extent();
  if (end <= at) await change;
}

async function startOf(log: ServerLog, query: LogQuery, samples: readonly TimeSample[]): Promise<number> {
  const { oldest, end } = await log.extent();
  let start = oldest;
  if (query.since !== null) {
    const since = Math.min(offsetSince(samples, query.since), end);
    // A look may have come in the middle of a line, which was then finished after it.
    if (since > oldest) start = await backBy(log, 1, oldest, since, true);
  }
  return query.tail === null ? start : Math.max(start, await backBy(log, query.tail, oldest, end, false));
}

/**
 * Where the last `count` lines before `end` begin.
 * @param partial whether bytes behind the last line end are a line of their own even when there are none: then `end` itself is a line's start
 */
async function backBy(log: ServerLog, count: number, floor: number, end: number, partial: boolean): Promise<number> {
  if (count <= 0) return end;
  let left = count;
  let high = end;
  while (high > floor) {
    const low = Math.max(floor, high - BLOCK);
    const block = await readExactly(log, low, high);
    for (let index = block.length - 1; index >= 0; index -= 1) {
      const offset = high - (block.length - index);
      // The line end of the last line begins no further one.
      if (block[index] !== NEWLINE || (!partial && offset === end - 1)) continue;
      left -= 1;
      if (left === 0) return offset + 1;
    }
    high = low;
  }
  return floor;
}

async function readExactly(log: ServerLog, low: number, high: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let at = low; at < high; ) {
    const { offset, bytes } = await log.read(at, high - at);
    if (bytes.length === 0) break;
    parts.push(bytes);
    at = offset + bytes.length;
  }
  return Buffer.concat(parts);
}
