import { type FSWatcher, watch } from 'node:fs';

export interface GrowthWatch {
  /** Looks now: something is known to have begun to write. */
  nudge(): void;
  close(): void;
}

export interface GrowthWatchOptions {
  /** Looks at the file; answers with a number that grows when it does. */
  look(): Promise<number>;
  /** True while somebody waits for the next line. */
  urgent(): boolean;
  /** Growth between two looks, in bytes, after which the next look comes sooner: the file is being flooded. */
  readonly much: number;
  grew(): void;
  failed(error: unknown): void;
}

/** From the first sign of a write to the look. */
const SETTLE_MS = 30;
const BUSY_MS = 1_000;
const URGENT_MS = 100;
/** Where the system has no watch left to give (inotify is limited per user). */
const WITHOUT_WATCH_MS = 5_000;

/**
 * Follows the growth of a file that another process writes. While nothing is written it costs nothing; while something is, it costs one look
 * a second, however many writes there are: the watch is closed at the first one and opened again when a look finds the file unchanged.
 */
export function watchGrowth(path: string, options: GrowthWatchOptions): GrowthWatch {
  let watcher: FSWatcher | null = null;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;
  let last: number | null = null;

  function lookIn(ms: number): void {
    watcher?.close();
    watcher = null;
    if (closed) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void lookNow(), ms);
    timer.unref();
  }

  async function lookNow(): Promise<void> {
    timer = null;
    if (closed) return;
    try {
      const before = last;
      last = await options.look();
      if (last === before) return await waitForWrite(last);
      options.grew();
      const flooded = before !== null && last - before > options.much;
      lookIn(flooded || options.urgent() ? URGENT_MS : BUSY_MS);
    } catch (error) {
      options.failed(error);
      lookIn(WITHOUT_WATCH_MS);
    }
  }

  async function waitForWrite(seen: number): Promise<void> {
    if (closed) return;
    try {
      watcher = watch(path, { persistent: false }, () => lookIn(SETTLE_MS));
      watcher.on('error', () => lookIn(WITHOUT_WATCH_MS));
    } catch {
      // ENOSPC, EMFILE or no file: looking now and then does as well, only later.
      return lookIn(WITHOUT_WATCH_MS);
    }
    // A write between the look and the watch would go unseen.
    if ((await options.look()) !== seen) lookIn(0);
  }

  lookIn(0);
  return {
    nudge: () => lookIn(0),
    close() {
      closed = true;
      watcher?.close();
      if (timer !== null) clearTimeout(timer);
    },
  };
}
