import type { FileHandle } from 'node:fs/promises';
import { appendFile, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../../core/ports/clock.ts';
import type { Log } from '../../../core/ports/log.ts';
import { type GrowthWatch, watchGrowth } from './growth-watch.ts';
import { isMissing, type LogLimits, olderPart, rotate, sizeOf } from './log-files.ts';
import { readParts } from './log-parts.ts';
import { formatSample, formatTimeIndex, parseTimeIndex, type TimeIndex, type TimeSample } from './time-index.ts';

/** Shortest time between two samples of the time index, ms. */
const SAMPLE_EVERY_MS = 1_000;

/**
 * What the servers of one workload wrote, across generations and rotations. A file, and not a pipe: a server must outlive Holdfast, and one
 * that logs to a pipe without a reader dies of it. Offsets count every byte that was ever written and never start again.
 */
export interface ServerLog {
  /** Opened for appending, for the server to inherit; the caller closes it after the spawn. */
  openForServer(): Promise<FileHandle>;
  /** Adds a line that did not come through the file, e.g. noise on stdout. */
  append(text: string): Promise<void>;
  /** Offset behind the newest byte. */
  end(): Promise<number>;
  /** Offsets of the oldest byte that is kept and behind the newest one. */
  extent(): Promise<{ readonly oldest: number; readonly end: number }>;
  /** Up to `length` bytes from `offset` on; fewer at the end of a file, none at the end of the log. Begins later where older bytes are gone. */
  read(offset: number, length: number): Promise<{ readonly offset: number; readonly bytes: Buffer }>;
  /** When it was seen to have grown how far. */
  samples(): Promise<readonly TimeSample[]>;
  /** Cuts it to its bounds now, if it is over them. */
  trim(): Promise<void>;
  /** Keeps it bounded and sampled as long as it is held by anybody; costs nothing while nothing is written. The answer lets go. */
  hold(): () => void;
  /** True while anybody holds it. */
  held(): boolean;
  /** Resolves when it grew, was emptied, or `signal` aborted. Hold it meanwhile. */
  changed(signal: AbortSignal): Promise<void>;
  /** Looks after it no longer, whoever holds it. */
  close(): void;
  /** Deletes it. */
  remove(): Promise<void>;
}

export function createServerLog(path: string, limits: LogLimits, clock: Clock, log: Log): ServerLog {
  const indexPath = `${path}.index`;
  let base: Promise<number> | null = null;
  let sampled: TimeSample = { offset: 0, at: 0 };
  let queue: Promise<unknown> = Promise.resolve();
  let holders = 0;
  let watch: GrowthWatch | null = null;
  const waiting = new Set<() => void>();

  /** Reading must not see the middle of a rotation, so these wait for one another. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = queue.then(work);
    // The error goes to whoever asked; the next in line is not concerned.
    queue = result.catch(() => {});
    return result;
  }

  async function readIndex(): Promise<TimeIndex> {
    try {
      return parseTimeIndex(await readFile(indexPath, 'utf8'));
    } catch (thrown) {
      if (isMissing(thrown)) return { base: 0, samples: [] };
      throw thrown;
    }
  }

  function currentBase(): Promise<number> {
    base ??= readIndex().then((index) => index.base);
    return base;
  }

  async function writeIndex(index: TimeIndex): Promise<void> {
    await writeFile(`${indexPath}.new`, formatTimeIndex(index), { mode: 0o600 });
    await rename(`${indexPath}.new`, indexPath);
  }

  async function rotateNow(): Promise<void> {
    const before = await readIndex();
    const moved = await rotate(path, limits);
    const start = before.base + moved;
    base = Promise.resolve(start);
    let oldest = start;
    for (let age = 1; age < limits.files; age += 1) oldest -= await sizeOf(olderPart(path, age));
    await writeIndex({ base: start, samples: before.samples.filter((sample) => sample.offset > oldest) });
  }

  /** Looks how far it reaches, cuts it, notes the time. */
  async function look(): Promise<number> {
    let end = (await currentBase()) + (await sizeOf(path));
    if (end - (await currentBase()) > limits.maxBytes) {
      await rotateNow();
      end = (await currentBase()) + (await sizeOf(path));
    }
    const at = clock.now();
    if (end > sampled.offset && at - sampled.at >= SAMPLE_EVERY_MS) {
      if (sampled.offset === 0 && (await sizeOf(indexPath)) === 0) await writeIndex({ base: await currentBase(), samples: [] });
      sampled = { offset: end, at };
      await appendFile(indexPath, formatSample(sampled), { mode: 0o600 });
    }
    return end;
  }

  function wake(): void {
    for (const resume of waiting) resume();
  }

  function startWatch(): void {
    watch = watchGrowth(path, {
      look: () => inTurn(look),
      urgent: () => waiting.size > 0,
      much: limits.maxBytes / 10,
      grew: wake,
      failed: (error) => log.warn('a server log could not be looked after', { file: path, error: String(error) }),
    });
  }

  function closeWatch(): void {
    watch?.close();
    watch = null;
  }

  async function openForServer(): Promise<FileHandle> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return open(path, 'a', 0o600);
  }

  return {
    openForServer,
    async append(text) {
      const handle = await openForServer();
      try {
        await handle.appendFile(text.endsWith('\n') ? text : `${text}\n`);
      } finally {
        await handle.close();
      }
    },
    end: () => inTurn(async () => (await currentBase()) + (await sizeOf(path))),
    extent: () =>
      inTurn(async () => {
        const start = await currentBase();
        let oldest = start;
        for (let age = 1; age < limits.files; age += 1) oldest -= await sizeOf(olderPart(path, age));
        return { oldest: Math.max(0, oldest), end: start + (await sizeOf(path)) };
      }),
    read: (offset, length) => inTurn(async () => readParts(path, limits.files, await currentBase(), offset, length)),
    samples: async () => (await readIndex()).samples,
    trim: async () => {
      await inTurn(look);
    },
    hold() {
      holders += 1;
      if (watch === null) startWatch();
      else watch.nudge();
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        holders -= 1;
        if (holders > 0) return;
        closeWatch();
        // What was written last gets its time too.
        inTurn(look).catch((error: unknown) => log.warn('a server log could not be looked after', { file: path, error: String(error) }));
      };
    },
    held: () => holders > 0,
    async changed(signal) {
      if (signal.aborted) return;
      await new Promise<void>((resolve) => {
        const resume = (): void => {
          waiting.delete(resume);
          signal.removeEventListener('abort', resume);
          resolve();
        };
        waiting.add(resume);
        signal.addEventListener('abort', resume, { once: true });
      });
    },
    close: closeWatch,
    async remove() {
      closeWatch();
      await inTurn(async () => {
        base = null;
        sampled = { offset: 0, at: 0 };
        for (let age = 0; age < limits.files; age += 1) await rm(olderPart(path, age), { force: true });
        await rm(indexPath, { force: true });
      });
      wake();
    },
  };
}
